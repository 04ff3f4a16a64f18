import type { RefUpdated } from './changes.js';
import { protectionOf } from './demands.js';
import type { Repository, Site } from './site.js';
import type { Pull } from './state.js';

/** Notes that a ref has moved, with all that follows from it for pull requests. */
export async function refHasMoved(
  site: Site,
  repository: Repository,
  update: Omit<RefUpdated, 'type'>,
  request: number | null,
): Promise<void> {
  const commit = site.store.commit.bind(site.store, repository.fullName);
  commit({ type: 'ref-updated', ...update }, request);
  const branch = /^refs\/heads\/(.+)$/.exec(update.ref)?.[1];
  if (branch === undefined) return;
  const open = [...repository.state.pulls.values()].filter((pull) => pull.state === 'open');
  for (const pull of open.filter(({ base, head }) => base.ref === branch || head.ref === branch)) {
    const { number } = pull;
    if (update.to === null) commit({ type: 'pull-closed', number, by: update.by }, request);
    else if (pull.head.ref === branch) {
      commit({ type: 'pull-synchronized', number, head: update.to, by: update.by }, request);
      dismissStale(site, repository, pull, request);
      await showHead(repository, pull);
    } else if (await repository.git.isAncestor(pull.head.sha, update.to)) {
      const merged = { number, commit: update.to, head: pull.head.sha, method: null, by: update.by };
      commit({ type: 'pull-merged', ...merged }, request);
    }
  }
}

function dismissStale({ store }: Site, repository: Repository, pull: Pull, request: number | null): void {
  if (protectionOf(repository, pull.base.ref)?.dismissStaleReviews !== true) return;
  for (const { id, state, commit } of pull.reviews) {
    if (state !== 'APPROVED' || commit === pull.head.sha) continue;
    const dismissed = { type: 'review-dismissed', number: pull.number, review: id, by: null } as const;
    store.commit(repository.fullName, { ...dismissed, message: 'A push made it stale.' }, request);
  }
}

/** Lets everybody fetch a pull request's head by its number. */
export async function showHead({ git }: Repository, { number, head }: Pull): Promise<void> {
  await git.run('update-ref', `refs/pull/${number}/head`, head.sha);
}
