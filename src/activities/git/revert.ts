import type { PublishActivities, RevertOrder } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import { failure, notYet } from '../../contract/failures.js';
import type { Sha } from '../../contract/release.js';
import { finding, notPassed, type Evidence } from '../../contract/verdict.js';
import type { OpenForge } from '../forge/forge.js';
import { makeCommit, takeOut } from '../support/git/making.js';
import { freshMirror, hasCommit, isAncestor, type Mirror } from '../support/git/mirror.js';
import { branchRef, keptRef } from '../support/git/names.js';
import { readCommit, readRef } from '../support/git/objects.js';
import { updateRefs } from '../support/git/push.js';
import { updateOrFail } from '../support/git/updating.js';
import type { Workbench } from '../support/workbench.js';
import { readReverts, revertTrailer } from './reverts.js';

type Reverted = Awaited<ReturnType<PublishActivities['ensureReverted']>>;

/** A commit of the release on main, with what main was before it. */
interface Change {
  readonly from: Sha;
  readonly to: Sha;
}

const patience = 5;

/** Takes the release out of main by one commit on main's present head; other people's commits stay. */
export async function ensureReverted(
  bench: Workbench,
  openForge: OpenForge,
  input: RevertOrder,
): Promise<Reverted> {
  for (let attempt = 0; attempt < patience; attempt++) {
    const done = await revertOnce(bench, openForge, input);
    if (done !== undefined) return done;
  }
  throw new Error(`${input.base} moved ${String(patience)} times while the revert was pushed`);
}

/** One attempt on main as it stands; undefined if main moved meanwhile. */
async function revertOnce(
  bench: Workbench,
  openForge: OpenForge,
  input: RevertOrder,
): Promise<Reverted | undefined> {
  const mirror = await freshMirror(bench, input.repository);
  const { base, left, by } = await lookAtBase(mirror, input);
  if (left.length === 0) return { passed: true, ...alreadyBack(input, base, by) };
  const tree = await takenOut(mirror, base, left);
  if (typeof tree !== 'string') return conflict(input, left, tree);
  if (tree === (await readCommit(mirror, base)).tree) return { passed: true, ...alreadyBack(input, base) };
  const commit = await makeCommit(mirror, { tree, parents: [base], message: messageOf(input, left) });
  await updateOrFail(mirror, [
    { ref: keptRef(input.subject, 'revert', commit), expected: undefined, wanted: commit },
  ]);
  const outcome = await updateRefs(mirror, [{ ref: branchRef(input.base), expected: base, wanted: commit }]);
  if (outcome.state === 'moved') return undefined;
  if (outcome.state === 'refused') return propose(openForge, input, commit, outcome.why);
  return { passed: true, commit, evidence: await evidenceOf(mirror, input, left, commit) };
}

/** Where nobody may push to main, the revert goes the way of every other change. */
async function propose(
  openForge: OpenForge,
  input: RevertOrder,
  commit: Sha,
  why: string,
): Promise<Reverted> {
  const { repository, base, subject, reason } = input;
  const { version } = subject;
  const proposed = await openForge(repository).ensureProposed({
    subject,
    base,
    branch: `slipway/take-back-${version}-${short(commit)}`,
    head: commit,
    title: `Take ${subject.package} ${version} back`,
    body: `${subject.package} ${version} was yanked: ${oneLine(reason)}`,
  });
  const what = `${base} refused the push (${why}), so the revert is proposed. ${proposed.what}`;
  return { passed: true, commit, proposed: true, evidence: [{ ...proposed, what }] };
}

/** Waits until nothing of the release is left on main, however the proposal was merged. */
export async function awaitReverted(
  bench: Workbench,
  openForge: OpenForge,
  input: RevertOrder,
): ReturnType<PublishActivities['awaitReverted']> {
  const mirror = await freshMirror(bench, input.repository);
  const { base, left, by } = await lookAtBase(mirror, input);
  const tree = left.length === 0 ? undefined : await takenOut(mirror, base, left);
  if (tree === undefined || tree === (await readCommit(mirror, base)).tree) {
    const [evidence] = alreadyBack(input, base, by).evidence;
    return { evidence };
  }
  throw notYet(`${input.base} holds ${input.subject.version} still`, openForge(input.repository).pollSeconds);
}

/** Main as it stands, what of the release is left on it, and the commit that took the latest part back. */
async function lookAtBase(
  mirror: Mirror,
  input: RevertOrder,
): Promise<{ base: Sha; left: readonly Change[]; by: Sha | undefined }> {
  const base = await readRef(mirror, branchRef(input.base));
  if (base === undefined) throw noBase(input);
  const changes = await changesOn(mirror, base, input);
  const reverts = await readReverts(mirror, [base]);
  const left = changes.filter(({ to }) => reverts.of(to) === undefined);
  return { base, left, by: changes[0] && reverts.of(changes[0].to) };
}

/** What of the release main holds, newest first. */
async function changesOn(mirror: Mirror, base: Sha, { merges, final }: RevertOrder): Promise<Change[]> {
  const merged = merges.map(({ commit, previous }): Change => ({ from: previous, to: commit }));
  // The final version's commit is the merge itself where nothing had to be written after it.
  const own = final !== undefined && merges.every(({ commit }) => commit !== final);
  const last =
    own && (await hasCommit(mirror, final)) ? (await readCommit(mirror, final)).parents[0] : undefined;
  const all = !own || last === undefined ? merged : [...merged, { from: last, to: final }];
  const held = await Promise.all(
    all.map(async ({ to }) => (await hasCommit(mirror, to)) && (await isAncestor(mirror, to, base))),
  );
  return all.filter((_change, at) => held[at]).reverse();
}

/** The tree of main without the changes, or the paths in which others have gone on from them. */
async function takenOut(
  mirror: Mirror,
  base: Sha,
  changes: readonly Change[],
): Promise<Sha | readonly string[]> {
  let { tree } = await readCommit(mirror, base);
  for (const change of changes) {
    const result = await takeOut(mirror, change, tree);
    if ('conflicts' in result) return result.conflicts;
    ({ tree } = result);
  }
  return tree;
}

function messageOf({ subject, reason }: RevertOrder, changes: readonly Change[]): string {
  const trailers = changes.map(({ to }) => `${revertTrailer}: ${to}`);
  return [
    `Take ${subject.package} ${subject.version} back`,
    `Why: ${oneLine(reason)}`,
    trailers.join('\n'),
  ].join('\n\n');
}

/** On one line, so that no reason can pass for a trailer. */
function oneLine(reason: string): string {
  return reason.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function alreadyBack(input: RevertOrder, base: Sha, by = base): { commit: Sha; evidence: [Evidence] } {
  return {
    commit: by,
    evidence: [{ what: `nothing of ${input.subject.version} is left on ${input.base}: ${short(by)}` }],
  };
}

function conflict(input: RevertOrder, changes: readonly Change[], paths: readonly string[]): Reverted {
  const commands = changes.map(({ to }) => `git revert ${input.final === to ? '' : '-m 1 '}${to}`);
  return notPassed([
    finding(
      `${input.base} cannot be put back by itself: others have changed ${paths.join(', ')} since`,
      [
        `Nothing was pushed. On ${input.base}, by hand:`,
        ...commands,
        'Resolve, push, and send `retry`.',
      ].join('\n'),
    ),
  ]);
}

async function evidenceOf(
  mirror: Mirror,
  { base, subject }: RevertOrder,
  changes: readonly Change[],
  commit: Sha,
): Promise<Evidence[]> {
  const before = changes.at(-1)?.from ?? commit;
  const same = (await readCommit(mirror, before)).tree === (await readCommit(mirror, commit)).tree;
  return [
    { what: `${base} holds ${commit}, which takes ${subject.version} back` },
    {
      what: same
        ? `its files are exactly those of ${short(before)}, before the merge`
        : 'its files differ from those before the merge by what others have committed since',
    },
  ];
}

function noBase({ repository, base }: RevertOrder): Error {
  return failure('operator', {
    now: `${repository} has no branch ${base}.`,
    not: 'Nothing could be taken back.',
    next: `Push ${base} again and send \`retry\`.`,
  });
}
