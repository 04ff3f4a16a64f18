import type { PullRequest } from '../../contract/activities.js';
import { fence } from '../support/fence.js';
import { freshMirror } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';
import type { MergeOutcome } from './forge.js';
import { findJudged } from './merged.js';
import type { ReviewingApi } from './reviewing-api.js';

/** Has the forge merge; whatever it says of a merge that went wrong, the base branch tells whether it was made. */
export async function ensureMerged(
  bench: Workbench,
  repository: string,
  api: ReviewingApi,
  pullRequest: PullRequest,
  base: string,
): Promise<MergeOutcome> {
  const { head, previous, id } = pullRequest;
  const mirror = await freshMirror(bench, repository);
  const done = await findJudged(mirror, pullRequest, base);
  if (done !== undefined) return { state: 'merged', commit: done };
  const found = await readRef(mirror, branchRef(base));
  if (found !== previous) return { state: 'moved', ref: base, expected: previous, found };
  const pull = await api.readPull(Number(id));
  if (pull.head !== head) return { state: 'moved', ref: pull.branch, expected: head, found: pull.head };
  await fence();
  try {
    return { state: 'merged', commit: await api.merge(pull) };
  } catch (error) {
    const commit = await findJudged(await freshMirror(bench, repository), pullRequest, base);
    if (commit !== undefined) return { state: 'merged', commit };
    throw await api.explainRefusal(pull, error);
  }
}
