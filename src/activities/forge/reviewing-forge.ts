import type { ForgeSetting } from '../../config/settings.js';
import type { Workbench } from '../support/workbench.js';
import { ensureBranchDeleted, ensureBranchPushed } from './branches.js';
import type { Forge } from './forge.js';
import { readChecks, readReviews } from './judging.js';
import { ensureMerged } from './landing.js';
import { findMerged } from './merged.js';
import { ensureOpen, ensurePullRequest } from './opening.js';
import { ensureReleasePage, readPageFiles } from './release-page.js';
import type { ReviewingApi } from './reviewing-api.js';
import { ensureTold } from './telling.js';
import { readTraps } from './traps.js';

const branchGoes =
  'the forge deletes the release branch as soon as it is merged: the release keeps its commits under refs/slipway/, and a fix after the merge has to push the branch again.';

/** A forge with pull requests, reviews, checks, comments and release pages, by the calls that its API takes. */
export function reviewingForge(
  bench: Workbench,
  repository: string,
  { pollSeconds, checks }: ForgeSetting,
  api: ReviewingApi,
): Forge {
  return {
    reviews: true,
    pollSeconds,
    workflows: api.workflows,
    listIssues: (since) => api.listIssues(since),
    readTraps: (commit) => readTraps(bench, repository, commit, api.workflowFolders),
    readLimits: async () => ((await api.deletesMerged()) ? [branchGoes] : []),
    readProtection: (branch) => api.isProtected(branch),
    readMerged: (_branch, base, head) => findMerged(bench, repository, base, head),
    ensurePullRequest: (proposal) => ensurePullRequest(api, proposal),
    readReviews: (branch, head) => readReviews(api, branch, head),
    readChecks: (pullRequest) => readChecks(api, pullRequest, checks),
    readMergeBlock: (pullRequest) => api.readMergeBlock(pullRequest),
    ensureMerged: (pullRequest, base) => ensureMerged(bench, repository, api, pullRequest, base),
    ensureBranchDeleted: (branch, expected) => ensureBranchDeleted(bench, repository, branch, expected),
    ensureTold: (branch, subject, lines) => ensureTold(api, branch, subject, lines),
    ensureReleasePage: (page, state) => ensureReleasePage(bench, api, page, state),
    readPageFiles: (tag) => readPageFiles(api, tag),

    async ensureProposed(proposal) {
      const { base, branch, head, subject } = proposal;
      await ensureBranchPushed(bench, repository, branch, head);
      const { number, url } = await ensureOpen(api, proposal);
      return {
        evidence: { what: `${subject.version} stands at ${head}: merge ${url} into ${base}` },
        pull: { id: String(number), url },
      };
    },
  };
}
