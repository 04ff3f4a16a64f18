import type { Sha } from '../../contract/release.js';
import { mirrorWith } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { updateRefs } from '../support/git/push.js';
import { updateOrFail } from '../support/git/updating.js';
import type { Workbench } from '../support/workbench.js';
import type { BranchDeletion } from './forge.js';

/** Leaves a commit on a new branch; `moved` is a branch that was taken already. */
export async function ensureBranchPushed(
  bench: Workbench,
  repository: string,
  branch: string,
  head: Sha,
): Promise<'done' | 'moved'> {
  const mirror = await mirrorWith(bench, repository, head);
  const update = { ref: branchRef(branch), expected: undefined, wanted: head };
  return (await updateOrFail(mirror, [update])).state;
}

/** Deletes a branch that stands at this commit, by git's compare-and-swap: no forge's API compares. */
export async function ensureBranchDeleted(
  bench: Workbench,
  repository: string,
  branch: string,
  expected: Sha,
): Promise<BranchDeletion> {
  const mirror = await mirrorWith(bench, repository, expected);
  return updateRefs(mirror, [{ ref: branchRef(branch), expected, wanted: undefined }]);
}
