import type { PublishActivities } from '../contract/activities.js';
import type { PublishParts } from './parts.js';
import type { OpenForge } from './forge/forge.js';
import { readBranch } from './git/branch.js';
import { ensureBranchDeleted, ensureFinalOnBase, ensureTagged } from './git/final.js';
import { awaitChecks, awaitMergeable, awaitReviews, ensureMerged } from './git/merging.js';
import { ensurePullRequest } from './git/pull-request.js';
import { awaitReverted } from './git/proposed-revert.js';
import { ensureReverted, ensureRevertMade } from './git/revert.js';
import { ensureVersionCommit } from './git/version-commit.js';
import type { Workbench } from './support/workbench.js';

/** The activities that read and change the package's repository. */
export type GitActivities = Pick<PublishParts, 'ensureFinalOnBase' | 'ensureTagged' | 'ensureBranchDeleted'> &
  Pick<
    PublishActivities,
    | 'readBranch'
    | 'ensureVersionCommit'
    | 'ensurePullRequest'
    | 'awaitChecks'
    | 'ensureMerged'
    | 'awaitReviews'
    | 'awaitMergeable'
    | 'ensureRevertMade'
    | 'ensureReverted'
    | 'awaitReverted'
  >;

/** Looks, changes by compare-and-swap, and looks again; every one is safe to repeat. */
export function createGitActivities(bench: Workbench, openForge: OpenForge): GitActivities {
  return {
    readBranch: (input) => readBranch(bench, input),
    ensureVersionCommit: (input) => ensureVersionCommit(bench, input),
    ensurePullRequest: (input) => ensurePullRequest(bench, openForge, input),
    awaitChecks: (input) => awaitChecks(openForge, input),
    awaitReviews: (input) => awaitReviews(openForge, input),
    awaitMergeable: (input) => awaitMergeable(openForge, input),
    ensureMerged: (input) => ensureMerged(bench, openForge, input),
    ensureFinalOnBase: (input) => ensureFinalOnBase(bench, openForge, input),
    ensureTagged: (input) => ensureTagged(bench, input),
    ensureRevertMade: (input) => ensureRevertMade(bench, input),
    ensureReverted: (input) => ensureReverted(bench, openForge, input),
    awaitReverted: (input) => awaitReverted(bench, openForge, input),
    ensureBranchDeleted: (input) => ensureBranchDeleted(openForge, input),
  };
}
