import type { ForgeSetting } from '../../config/settings.js';
import { mirrorWith } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { updateRefs } from '../support/git/push.js';
import type { Workbench } from '../support/workbench.js';
import { updateOrFail } from '../git/updating.js';
import type { Forge } from './forge.js';
import { openRepository } from './github/api.js';
import { readChecks, readMergeBlock, readReviews } from './github/judging.js';
import { ensureMerged, readMerged } from './github/merging.js';
import { ensureOpen, ensurePullRequest, ensureTold } from './github/pull-requests.js';
import { ensureReleasePage } from './github/release-page.js';
import { readTraps } from './github/traps.js';

/** GitHub, and what speaks its REST API. */
export function githubForge(bench: Workbench, address: string, setting: ForgeSetting): Forge {
  const repository = openRepository(bench, address, setting);
  return {
    reviews: true,
    pollSeconds: setting.pollSeconds,
    readTraps: (commit) => readTraps(bench, address, commit),
    readMerged: (branch, base, head) => readMerged(repository, branch, base, head),
    ensurePullRequest: (proposal) => ensurePullRequest(repository, proposal),
    readReviews: (branch, head) => readReviews(repository, branch, head),
    readChecks: (pullRequest) => readChecks(repository, pullRequest, setting.checks),
    readMergeBlock: (pullRequest) => readMergeBlock(repository, pullRequest),
    ensureMerged: (pullRequest, base) => ensureMerged(bench, address, repository, pullRequest, base),
    ensureTold: (branch, subject, lines) => ensureTold(repository, branch, subject, lines),
    ensureReleasePage: (page, state) => ensureReleasePage(bench, repository, page, state),

    async ensureProposed(proposal) {
      const { base, branch, head, subject } = proposal;
      const mirror = await mirrorWith(bench, address, head);
      await updateOrFail(mirror, [{ ref: branchRef(branch), expected: undefined, wanted: head }]);
      const { url } = await ensureOpen(repository, proposal);
      return { what: `${subject.version} stands at ${head}: merge ${url} into ${base}` };
    },

    async ensureBranchDeleted(branch, expected) {
      const mirror = await mirrorWith(bench, address, expected);
      return updateRefs(mirror, [{ ref: branchRef(branch), expected, wanted: undefined }]);
    },
  };
}
