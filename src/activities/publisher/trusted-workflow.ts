import { publishPath, publishWorkflow } from '../../config/publish-workflow.js';
import { failure } from '../../contract/failures.js';
import type { Sha } from '../../contract/release.js';
import { freshMirror, type Mirror } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { blobName, listTree, readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';

/** Why the workflow of a trusted publisher cannot be used as it stands on a base branch, and at a release's commit. */
export async function workflowProblems(
  bench: Workbench,
  repository: string,
  base: string,
  commit?: Sha,
): Promise<string[]> {
  const mirror = await freshMirror(bench, repository);
  const tip = await readRef(mirror, branchRef(base));
  return [
    ...(await problemsAt(mirror, base, tip)),
    ...(commit === undefined ? [] : await problemsAt(mirror, `the release branch at ${commit}`, commit)),
  ];
}

/** Fails where the base branch's workflow is not the one that this version of the service makes. */
export async function requireWorkflow(bench: Workbench, repository: string, base: string): Promise<void> {
  const problems = await workflowProblems(bench, repository, base);
  if (problems.length === 0) return;
  throw failure('operator', {
    now: problems.join(' '),
    not: 'Nothing was started that uploads.',
    next: 'Then send `retry`.',
  });
}

async function problemsAt(mirror: Mirror, where: string, commit: Sha | undefined): Promise<string[]> {
  const entries = commit === undefined ? [] : await listTree(mirror, commit);
  const found = entries.find(({ path }) => path === publishPath);
  if (found?.mode.startsWith('100') && found.sha === blobName(publishWorkflow, found.sha.length)) return [];
  const what =
    found === undefined
      ? `${where} holds no ${publishPath}, which is to upload this release`
      : `${publishPath} of ${where} is not the one that this version of Slipway makes, and could upload other bytes`;
  return [`${what}: run \`slipway init\` in a checkout, and merge what it writes.`];
}
