import type { ForgeSetting } from '../../config/settings.js';
import type { PullRequest } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import { freshMirror, mirrorWith } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { readRef } from '../support/git/objects.js';
import { updateOrFail } from '../support/git/updating.js';
import type { Workbench } from '../support/workbench.js';
import { ensureBranchDeleted, ensureBranchPushed } from './branches.js';
import type { Forge, MergeOutcome, Proposed } from './forge.js';
import { findJudged, findMerged } from './merged.js';

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
    readLimits: () => Promise.resolve([]),
    readProtection: () => Promise.resolve(undefined),
    readMerged: (_branch, base, head) => findMerged(bench, repository, base, head),
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
    readPageFiles: () => Promise.resolve([]),

    ensureMerged: (pullRequest, base, branch) => pushMerge(bench, repository, pullRequest, base, branch),

    ensureProposed: (proposal) => pushProposal(bench, repository, proposal),

    ensureBranchDeleted: (branch, expected) => ensureBranchDeleted(bench, repository, branch, expected),
  };
}

async function pushProposal(
  bench: Workbench,
  repository: string,
  { subject, base, branch, head }: Parameters<Forge['ensureProposed']>[0],
): Promise<Proposed> {
  const state = await ensureBranchPushed(bench, repository, branch, head);
  return {
    evidence: {
      what:
        state === 'done'
          ? `${subject.version} stands on the branch ${branch} at ${head}: merge it into ${base}`
          : `${subject.version} stands at ${head} (the branch ${branch} was taken already): merge it into ${base}`,
    },
  };
}

async function pushMerge(
  bench: Workbench,
  repository: string,
  pullRequest: PullRequest,
  base: string,
  branch: string,
): Promise<MergeOutcome> {
  const { head, previous, merge } = pullRequest;
  const mirror = await mirrorWith(bench, repository, merge);
  const outcome = await updateOrFail(mirror, [
    { ref: branchRef(base), expected: previous, wanted: merge },
    // Whoever moves the branch takes back what was approved there.
    { ref: branchRef(branch), expected: head, wanted: head },
  ]);
  if (outcome.state === 'done') return { state: 'merged', commit: merge };
  // It may have been merged already, and others may have gone on from there.
  const fresh = await freshMirror(bench, repository);
  const commit = await findJudged(fresh, pullRequest, base);
  if (commit !== undefined) return { state: 'merged', commit };
  const moved =
    outcome.ref === branchRef(base) ? { ref: base, expected: previous } : { ref: branch, expected: head };
  return { state: 'moved', ...moved, found: await readRef(fresh, branchRef(moved.ref)) };
}
