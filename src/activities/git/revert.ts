import type { PublishActivities, StableNeighbours } from '../../contract/activities.js';
import type { NoRevert, ReleaseOnBase, RevertOrder, RevertOutcome } from '../../contract/reverting.js';
import { short } from '../../contract/digest.js';
import type { Sha } from '../../contract/release.js';
import { staysUnchanged } from '../../contract/yanking.js';
import { finding, notPassed, type Evidence } from '../../contract/verdict.js';
import type { OpenForge } from '../forge/forge.js';
import { makeCommit } from '../support/git/making.js';
import { freshMirror, hasCommit, isAncestor, mirrorWith, type Mirror } from '../support/git/mirror.js';
import { branchRef, keptRef } from '../support/git/names.js';
import { readCommit, readRef } from '../support/git/objects.js';
import { updateRefs } from '../support/git/push.js';
import { updateOrFail } from '../support/git/updating.js';
import type { Workbench } from '../support/workbench.js';
import { configDigest } from './package-at.js';
import { lookAtBase, takenOut, type Change } from './on-base.js';
import { proposeRevert } from './proposed-revert.js';
import { describeFiles } from './revert-proof.js';
import { trailersOf } from './reverts.js';

type Made = Awaited<ReturnType<PublishActivities['ensureRevertMade']>>;

/** Makes one commit on main's present head that takes the release out, and keeps it beside main; other people's commits stay. */
export async function ensureRevertMade(bench: Workbench, input: RevertOrder): Promise<Made> {
  const mirror = await freshMirror(bench, input.repository);
  const onBase = await lookAtBase(mirror, input);
  const { base, left } = onBase;
  const tree = await takenOut(mirror, base, left);
  if (typeof tree !== 'string') return conflict(mirror, input, left, tree);
  if (tree === (await readCommit(mirror, base)).tree)
    return { passed: true, ...(await whyNoRevert(mirror, input, onBase)) };
  const commit = await makeCommit(mirror, { tree, parents: [base], message: messageOf(input, left) });
  await updateOrFail(mirror, [
    { ref: keptRef(input.subject, 'revert', commit), expected: undefined, wanted: commit },
  ]);
  const config = await configDigest(mirror, commit);
  return {
    passed: true,
    revert: { commit, onto: base, ...(config === undefined ? {} : { config }) },
    evidence: [
      { what: `${commit} takes ${input.subject.version} out of ${input.base} at ${short(base)}` },
      ...(await describeFiles(mirror, input, left, commit)),
    ],
  };
}

/** Why main needs no revert; undefined where it needs one, or where the version commit may still come to it. */
export async function readNoRevert(
  bench: Workbench,
  input: ReleaseOnBase,
): Promise<StableNeighbours['noRevert']> {
  const mirror = await freshMirror(bench, input.repository);
  const head = await readRef(mirror, branchRef(input.base));
  if (head === undefined || !(await holdsFinal(mirror, head, input))) return undefined;
  const onBase = await lookAtBase(mirror, input);
  const tree = await takenOut(mirror, onBase.base, onBase.left);
  return tree === (await readCommit(mirror, onBase.base)).tree
    ? whyNoRevert(mirror, input, onBase)
    : undefined;
}

async function holdsFinal(mirror: Mirror, head: Sha, { final }: ReleaseOnBase): Promise<boolean> {
  if (final === undefined) return true;
  return (await hasCommit(mirror, final)) && (await isAncestor(mirror, final, head));
}

/** Brings the revert onto exactly the main that it was made on, so that what was tested is what main holds. */
export async function ensureReverted(
  bench: Workbench,
  openForge: OpenForge,
  input: Parameters<PublishActivities['ensureReverted']>[0],
): Promise<RevertOutcome> {
  const { repository, base, revert, subject } = input;
  const { commit, onto } = revert;
  const mirror = await mirrorWith(bench, repository, commit);
  const outcome = await updateRefs(mirror, [{ ref: branchRef(base), expected: onto, wanted: commit }]);
  if (outcome.state === 'refused') return proposeRevert(openForge, input, outcome.why);
  if (outcome.state === 'moved') return { state: 'moved' };
  const what = `${base} holds ${commit}, which takes ${subject.version} back`;
  return { state: 'done', evidence: [{ what }] };
}

function messageOf({ subject, branch, reason }: RevertOrder, changes: readonly Change[]): string {
  return [
    `Take ${subject.package} ${subject.version} back`,
    `Why: ${oneLine(reason)}`,
    trailersOf(branch, changes),
  ].join('\n\n');
}

/** On one line, so that no reason can pass for a trailer. */
function oneLine(reason: string): string {
  return reason.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

async function whyNoRevert(
  mirror: Mirror,
  input: ReleaseOnBase,
  { base, left, by }: Awaited<ReturnType<typeof lookAtBase>>,
): Promise<NoRevert & { evidence: Evidence[] }> {
  const { version } = input.subject;
  if (left.length === 0 && by !== undefined)
    return {
      back: by,
      evidence: [{ what: `${short(by)} has taken ${version} out of ${input.base} already` }],
    };
  const what = `${input.base} ${staysUnchanged(version, base)}`;
  return {
    unchanged: base,
    evidence: [{ what }, ...(left.length === 0 ? [] : await describeFiles(mirror, input, left, base))],
  };
}

async function conflict(
  mirror: Mirror,
  { base }: RevertOrder,
  changes: readonly Change[],
  paths: readonly string[],
): Promise<Made> {
  const commands = await Promise.all(changes.map((change) => revertCommand(mirror, change)));
  return notPassed([
    finding(
      `${base} cannot be put back by itself: others have changed ${paths.join(', ')} since`,
      [`Nothing was pushed. On ${base}, by hand:`, ...commands, 'Resolve, push, and send `retry`.'].join(
        '\n',
      ),
    ),
  ]);
}

/** A merge has two parents, a squash is one commit, and a rebase is several. */
async function revertCommand(mirror: Mirror, { from, to }: Change): Promise<string> {
  const { parents } = await readCommit(mirror, to);
  if (parents.length > 1) return `git revert -m 1 ${to}`;
  return parents[0] === from ? `git revert ${to}` : `git revert ${from}..${to}`;
}
