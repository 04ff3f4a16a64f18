import type { PullRequest } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import { freshMirror, isAncestor, mirrorWith } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { readRef } from '../support/git/objects.js';
import { updateRefs } from '../support/git/push.js';
import type { Workbench } from '../support/workbench.js';
import { updateOrFail } from '../git/updating.js';
import type { Forge, MergeOutcome } from './forge.js';

/**
 * A bare repository as a forge. A pull request is nothing but its facts: approvals are messages to the release, the
 * check is the release's own run of the suites on the merge, and the merge is a compare-and-swap push of that commit.
 */
export function plainGitForge(bench: Workbench, repository: string): Forge {
  return {
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

    ensureMerged: (pullRequest, base) => pushMerge(bench, repository, pullRequest, base),

    async ensureProposed({ subject, base, branch, head }) {
      const mirror = await mirrorWith(bench, repository, head);
      const outcome = await updateOrFail(mirror, [
        { ref: branchRef(branch), expected: undefined, wanted: head },
      ]);
      return {
        what:
          outcome.state === 'done'
            ? `${subject.version} stands on the branch ${branch} at ${head}: merge it into ${base}`
            : `${subject.version} stands at ${head} (the branch ${branch} was taken already): merge it into ${base}`,
      };
    },

    async ensureBranchDeleted(branch, expected) {
      const mirror = await mirrorWith(bench, repository, expected);
      return updateRefs(mirror, [{ ref: branchRef(branch), expected, wanted: undefined }]);
    },
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
  return contained ? { state: 'merged', commit: merge } : { state: 'moved', found };
}
