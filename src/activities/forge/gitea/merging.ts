import { failure } from '../../../contract/failures.js';
import { mergeTrees } from '../../support/git/making.js';
import { freshMirror, mirrorWith } from '../../support/git/mirror.js';
import { branchRef } from '../../support/git/names.js';
import { readRef } from '../../support/git/objects.js';
import type { Workbench } from '../../support/workbench.js';
import type { Pull, ReviewingApi } from '../reviewing-api.js';
import { GiteaRefusal, type GiteaRepository } from './api.js';
import { listOfficial, readBranch } from './judging.js';
import { readRaw } from './pull-requests.js';
import { repositoryShape } from './shapes.js';

type Calls = Pick<ReviewingApi, 'deletesMerged' | 'readMergeBlock' | 'merge' | 'explainRefusal'>;

/** The calls about merging. */
export function mergeCalls(bench: Workbench, address: string, repository: GiteaRepository): Calls {
  return {
    // Here that is a wish of each merge, and ours is to keep it.
    deletesMerged: () => Promise.resolve(false),

    async readMergeBlock({ id, previous }) {
      const { number, merged, draft, mergeable, base } = await readRaw(repository, Number(id));
      // What was judged does not fit any more: the merge itself says so.
      if (merged || base.sha !== previous) return undefined;
      if (draft) return 'it is marked as work in progress: take the mark out of its title';
      const blocked = await protectionBlock(repository, number, base.ref);
      if (blocked !== undefined) return blocked;
      return mergeable ? undefined : 'Gitea works out whether it can be merged';
    },

    async merge({ number, head, title }) {
      await repository.send('POST', `pulls/${String(number)}/merge`, {
        Do: await mergeStyle(repository),
        MergeTitleField: title,
        head_commit_id: head,
        delete_branch_after_merge: false,
      });
      const { merge_commit_sha: commit } = await readRaw(repository, number);
      if (commit === null)
        throw new Error(`Gitea merged the pull request ${String(number)} and names no commit yet`);
      return commit;
    },

    async explainRefusal(pull, error) {
      if (!(error instanceof GiteaRefusal) || ![405, 409].includes(error.status))
        return error instanceof Error ? error : new Error(String(error));
      if (mayPass.test(error.message) && !(await conflicts(bench, address, pull))) return error;
      return failure('operator', {
        now: `Gitea does not merge ${pull.url}: ${error.message}`,
        not: 'Nothing was merged.',
        next: 'Mend what it says, then send `retry`.',
      });
    },
  };
}

/** What Gitea says while it works something out, and when somebody else was faster; but the first for a conflict too. */
const mayPass = /try again later|out of date|already merged|^it answers 409$/i;

/** Whether a pull request conflicts: Gitea shows one that does like one that it has not looked at yet. */
async function conflicts(bench: Workbench, address: string, { base, head }: Pull): Promise<boolean> {
  await freshMirror(bench, address);
  const mirror = await mirrorWith(bench, address, head);
  const baseHead = await readRef(mirror, branchRef(base));
  return baseHead !== undefined && 'conflicts' in (await mergeTrees(mirror, baseHead, head));
}

async function protectionBlock(
  repository: GiteaRepository,
  number: number,
  base: string,
): Promise<string | undefined> {
  const { required_approvals: wanted, user_can_merge: mayMerge } = await readBranch(repository, base);
  if (!mayMerge) return `the protection of ${base} does not let the service merge`;
  const approvals = (await listOfficial(repository, number)).filter(
    ({ state, stale, dismissed }) => state === 'APPROVED' && !stale && !dismissed,
  );
  return approvals.length < wanted
    ? `${base} wants ${String(wanted)} approvals, and ${String(approvals.length)} stand`
    : undefined;
}

async function mergeStyle(repository: GiteaRepository): Promise<string> {
  const allowed = await repository.get('', repositoryShape);
  if (allowed.allow_merge_commits) return 'merge';
  if (allowed.allow_squash_merge) return 'squash';
  if (allowed.allow_rebase) return 'rebase';
  return allowed.allow_rebase_explicit ? 'rebase-merge' : 'fast-forward-only';
}
