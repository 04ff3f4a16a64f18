import type { ForgeSetting } from '../../config/settings.js';
import type { PullRequest } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import type { Sha } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import { freshMirror, isAncestor, mirrorWith } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { listLine, readRef } from '../support/git/objects.js';
import { updateRefs } from '../support/git/push.js';
import type { Workbench } from '../support/workbench.js';
import { updateOrFail } from '../git/updating.js';
import type { Forge, MergeOutcome } from './forge.js';

/**
 * A bare repository as a forge. A pull request is nothing but its facts: approvals are messages to the release, the
 * check is the release's own run of the suites on the merge, and the merge is a compare-and-swap push of that commit.
 */
export function plainGitForge(
  bench: Workbench,
  repository: string,
  { pollSeconds }: Pick<ForgeSetting, 'pollSeconds'>,
): Forge {
  return {
    reviews: false,
    pollSeconds,
    readTraps: () => Promise.resolve([]),
    readMerged: (_branch, base, head) => findMerge(bench, repository, base, head),
    ensurePullRequest: ({ base, branch, head, previous, merge }) =>
      Promise.resolve({
        id: `${branch} into ${base} at ${short(head)}`,
        head,
        previous,
        merge,
        checks: 'own',
      }),
    readReviews: () => Promise.resolve([]),
    readChecks: () => Promise.resolve(undefined),
    readMergeBlock: () => Promise.resolve(undefined),
    ensureTold: () => Promise.resolve(),
    ensureReleasePage: () => Promise.resolve(undefined),

    ensureMerged: (pullRequest, base) => pushMerge(bench, repository, pullRequest, base),

    ensureProposed: (proposal) => pushProposal(bench, repository, proposal),

    async ensureBranchDeleted(branch, expected) {
      const mirror = await mirrorWith(bench, repository, expected);
      return updateRefs(mirror, [{ ref: branchRef(branch), expected, wanted: undefined }]);
    },
  };
}

async function pushProposal(
  bench: Workbench,
  repository: string,
  { subject, base, branch, head }: Parameters<Forge['ensureProposed']>[0],
): Promise<Evidence> {
  const mirror = await mirrorWith(bench, repository, head);
  const outcome = await updateOrFail(mirror, [{ ref: branchRef(branch), expected: undefined, wanted: head }]);
  return {
    what:
      outcome.state === 'done'
        ? `${subject.version} stands on the branch ${branch} at ${head}: merge it into ${base}`
        : `${subject.version} stands at ${head} (the branch ${branch} was taken already): merge it into ${base}`,
  };
}

async function pushMerge(
  bench: Workbench,
  repository: string,
  { previous, merge }: PullRequest,
  base: string,
): Promise<MergeOutcome> {
  const mirror = await mirrorWith(bench, repository, merge);
  const outcome = await updateOrFail(mirror, [{ ref: branchRef(base), expected: previous, wanted: merge }]);
  if (outcome.state === 'done') return { state: 'merged', commit: merge };
  // Others may have gone on from our merge already.
  const fresh = await freshMirror(bench, repository);
  const found = await readRef(fresh, branchRef(base));
  const contained = found !== undefined && (await isAncestor(fresh, merge, found));
  return contained
    ? { state: 'merged', commit: merge }
    : { state: 'moved', ref: base, expected: previous, found };
}

/** A merge of exactly this head on the base's own line. */
async function findMerge(
  bench: Workbench,
  repository: string,
  base: string,
  head: Sha,
): Promise<{ merge: Sha; previous: Sha } | undefined> {
  const mirror = await mirrorWith(bench, repository, head);
  const baseHead = await readRef(mirror, branchRef(base));
  if (baseHead === undefined || !(await isAncestor(mirror, head, baseHead))) return undefined;
  const merge = (await listLine(mirror, baseHead)).find(({ parents }) => parents[1] === head);
  const previous = merge?.parents[0];
  return merge === undefined || previous === undefined ? undefined : { merge: merge.commit, previous };
}
