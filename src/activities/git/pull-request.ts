import type { PublishActivities } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import { failure } from '../../contract/failures.js';
import type { Sha } from '../../contract/release.js';
import { finding, notPassed, type Evidence, type Finding } from '../../contract/verdict.js';
import type { Forge, OpenForge } from '../forge/forge.js';
import { makeCommit, mergeTrees } from '../support/git/making.js';
import { freshMirror, isAncestor, type Mirror } from '../support/git/mirror.js';
import { branchRef, keptRef } from '../support/git/names.js';
import { readRef } from '../support/git/objects.js';
import { updateOrFail } from '../support/git/updating.js';
import type { Workbench } from '../support/workbench.js';
import { badgeFindings } from './badges.js';
import { lostAgain } from './not-again.js';
import { packageAt } from './package-at.js';
import { movedFinding } from './version-commit.js';

type Input = Parameters<PublishActivities['ensurePullRequest']>[0];

/** Judges badges, branch and main; then makes the merge that would be made and has the forge open the pull request. */
export async function ensurePullRequest(
  bench: Workbench,
  openForge: OpenForge,
  input: Input,
): ReturnType<PublishActivities['ensurePullRequest']> {
  const mirror = await freshMirror(bench, input.source.repository);
  const forge = openForge(input.source.repository);
  const state = await readState(mirror, forge, input);
  const findings = [
    ...(await branchFindings(mirror, input, state)),
    ...(await badgeFindings(await packageAt(mirror, state.head), input.base)),
  ];
  if (findings.length > 0) return notPassed(findings);
  const merge = state.merge ?? (await makeMerge(mirror, input, state));
  if (typeof merge !== 'string') return notPassed([merge]);
  await updateOrFail(mirror, [
    { ref: keptRef(input.subject, 'merge', merge), expected: undefined, wanted: merge },
  ]);
  const pullRequest = await forge.ensurePullRequest({ ...input, ...state, merge });
  return { passed: true, pullRequest, evidence: evidenceOf(input, pullRequest.previous, pullRequest.head) };
}

interface State {
  readonly head: Sha;
  /** Main as the merge is made on it. */
  readonly previous: Sha;
  /** The merge of this head that main holds already. */
  readonly merge?: Sha;
}

async function readState(mirror: Mirror, forge: Forge, { base, branch, source }: Input): Promise<State> {
  const baseHead = await readRef(mirror, branchRef(base));
  if (baseHead === undefined || base === branch)
    throw failure('operator', {
      now: `${mirror.address} has ${base === branch ? `one branch ${base} for both ends` : `no branch ${base}`}.`,
      not: 'There is nothing that the release branch could be merged into.',
      next: 'Mend `base` of the package in slipway.toml, restart the worker, and start the release again.',
    });
  const head = source.commit;
  return { head, previous: baseHead, ...(await forge.readMerged(branch, base, head)) };
}

async function branchFindings(
  mirror: Mirror,
  { base, branch, subject }: Input,
  state: State,
): Promise<Finding[]> {
  const { head } = state;
  // A forge may delete a merged branch by itself.
  if (state.merge !== undefined) return [];
  const branchHead = await readRef(mirror, branchRef(branch));
  if (branchHead !== head) return [movedFinding(branch, head, branchHead)];
  return [
    ...(await lostAgain(mirror, { base, branch, package: subject.package }, head)),
    ...forwardedFindings(base, branch, state),
    ...(await containmentFindings(mirror, base, branch, state)),
  ];
}

/** The version's commit is the branch's own: the base stands there only once somebody has pushed it past the merge. */
function forwardedFindings(base: string, branch: string, { head, previous }: State): Finding[] {
  if (head !== previous) return [];
  return [
    finding(`${base} holds ${short(head)} already, without a merge of its own: push a commit to ${branch}`),
  ];
}

/** A branch's head that does not hold the whole base would not be merged as it was tested, now and after step 2. */
export async function containmentFindings(
  mirror: Mirror,
  base: string,
  branch: string,
  { head, previous }: Pick<State, 'head' | 'previous'>,
): Promise<Finding[]> {
  if (await isAncestor(mirror, previous, head)) return [];
  return [
    finding(
      `${base} has moved to ${short(previous)}, so what was tested is not what a merge would make: merge it into the branch`,
      `git switch ${branch} && git fetch origin && git merge origin/${base} && git push`,
    ),
  ];
}

async function makeMerge(mirror: Mirror, input: Input, { head, previous }: State): Promise<Sha | Finding> {
  const merged = await mergeTrees(mirror, previous, head);
  if ('conflicts' in merged)
    return finding(
      `${input.branch} does not merge into ${input.base}: merge it into the branch`,
      merged.conflicts.join('\n'),
    );
  return makeCommit(mirror, { tree: merged.tree, parents: [previous, head], message: input.title });
}

function evidenceOf({ base, branch }: Input, previous: Sha, head: Sha): Evidence[] {
  return [
    { what: `no badge or link shows another branch than ${base}` },
    { what: `${branch} at ${head} contains ${base} at ${previous}` },
  ];
}
