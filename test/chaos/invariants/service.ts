import { openGates, stillToAnswer, type Ledger, type Outcome } from '../../../src/contract/state.js';
import { listed, production, refsOf, type Effect, type Observation } from '../observation.js';
import { served } from './effects.js';

/** I8: a lease has one holder at a time, and who has lost it writes nothing. */
export function oneWriter({ effects }: Observation): string[] {
  const holders = new Map<string, string>();
  const isRecorded = effects.some(({ kind }) => kind === 'lease');
  return effects.flatMap((effect) => {
    const { writer, at } = effect;
    if (effect.kind !== 'lease') {
      const isHolder = writer === undefined || [...holders.values()].includes(writer);
      return isRecorded && !isHolder ? [`${writer} wrote at ${at} without a lease`] : [];
    }
    const holder = holders.get(effect.lease);
    if (effect.change === 'given back') {
      if (holder === effect.writer) holders.delete(effect.lease);
      return [];
    }
    holders.set(effect.lease, effect.writer);
    return holder === undefined || holder === effect.writer
      ? []
      : [`${effect.writer} took the lease ${effect.lease} at ${at} while ${holder} held it`];
  });
}

/** I9: a release that is at rest has ended, or asks somebody by name, or waits in line behind another one. */
export function endsOrAsks({ ledger }: Observation): string[] {
  if (ledger === undefined || ledger.outcome !== undefined) return [];
  const isAsking = openGates(ledger).some((gate) => stillToAnswer(ledger, gate).length > 0);
  const isWaiting = ledger.terms === undefined && ledger.notice !== undefined;
  return isAsking || isWaiting || isCalling(ledger)
    ? []
    : ['the release has neither ended nor does it ask anybody'];
}

/** Whether people are asked by name to yank, since no driver could. */
function isCalling({ yank }: Ledger): boolean {
  return yank?.provenAt === undefined && (yank?.calls ?? []).length > 0;
}

/** The activities that may change a thing: nothing else does. */
const causes = {
  files: {
    stored: ['ensurePublished'],
    yanked: ['ensureYanked'],
    'un-yanked': ['ensureUnYanked'],
    deleted: [],
  },
  base: ['ensureMerged', 'ensurePublished', 'ensureReverted', 'awaitReverted'],
  branch: ['ensureDevVersion', 'ensureVersionCommit', 'ensurePullRequest'],
  deletion: ['ensureBranchRetired'],
  tag: ['ensurePublished'],
} as const;

/** I13: every effect follows from an activity that the history had scheduled by then. */
export function explained(seen: Observation): string[] {
  const { scheduled } = seen;
  if (scheduled === undefined) return [];
  return seen.effects.flatMap((effect) => {
    const wanted = causesOf(seen, effect);
    if (effect.foreign === true || wanted === undefined) return [];
    const isScheduled = scheduled.some(({ activity, at }) => at <= effect.at && wanted.includes(activity));
    return isScheduled ? [] : [`nothing in the history explains ${inWords(effect)}`];
  });
}

function causesOf(seen: Observation, effect: Effect): readonly string[] | undefined {
  if (effect.kind === 'lease') return undefined;
  if (effect.kind !== 'ref') return causes.files[effect.kind];
  const { base, branch, tag } = refsOf(seen);
  if (effect.ref === base) return causes.base;
  if (effect.ref === tag) return causes.tag;
  if (effect.ref !== branch) return undefined;
  return effect.to === undefined ? causes.deletion : causes.branch;
}

function inWords(effect: Effect): string {
  if (effect.kind === 'lease') return `the lease ${effect.lease}`;
  if (effect.kind !== 'ref') return `${effect.filename} ${effect.kind} on ${effect.index} at ${effect.at}`;
  return `${effect.ref} from ${effect.from ?? 'nothing'} to ${effect.to ?? 'nothing'} at ${effect.at}`;
}

/** I14: what the release says of itself in the end is what the other side shows. */
export function honest(seen: Observation): string[] {
  const { ledger } = seen;
  if (ledger === undefined) return [];
  const outcome = ledger.outcome?.outcome;
  return [...(outcome === undefined ? [] : claims[outcome](seen, ledger)), ...claimsOnTheWay(seen, ledger)];
}

const claims: Readonly<Record<Outcome, (seen: Observation, ledger: Ledger) => string[]>> = {
  released: (seen, ledger) => {
    const { branch, tag } = refsOf(seen);
    const wanted = ledger.final?.manifest.files.map(({ filename }) => filename).sort() ?? [];
    return [
      ...unless(
        wanted.length > 0 && served(seen).sort().join() === wanted.join(),
        `it says released, and the index serves ${some(served(seen))} of ${some(wanted)}`,
      ),
      ...unless(
        seen.rest.refs[tag] === ledger.final?.commit,
        `it says released, and ${tag} stands at ${seen.rest.refs[tag] ?? 'nothing'}`,
      ),
      ...unless(seen.rest.refs[branch] === undefined, `it says released, and ${branch} is still there`),
    ];
  },
  yanked: (seen) => [
    ...unless(listed(seen).length > 0, 'it says yanked, and the index lists nothing'),
    ...unless(served(seen).length === 0, `it says yanked, and the index serves ${some(served(seen))}`),
  ],
  'un-yanked': (seen) =>
    unless(
      listed(seen).length === served(seen).length && served(seen).length > 0,
      `it says un-yanked, and the index serves ${some(served(seen))}`,
    ),
  abandoned: (seen) =>
    unless(served(seen).length === 0, `it says abandoned, and the index serves ${some(served(seen))}`),
};

/** What it says to have seen on its way: the world had it by then. */
function claimsOnTheWay(seen: Observation, { final, yank, merges, rollback }: Ledger): string[] {
  const moves = seen.effects.flatMap((effect) => (effect.kind === 'ref' ? [effect.to] : []));
  const claimed = [...merges, ...(rollback?.commit === undefined ? [] : [{ commit: rollback.commit }])];
  return [
    ...sawBy(seen, 'stored', final?.visibleAt, final?.manifest.files.length ?? 0),
    ...sawBy(seen, 'yanked', yank?.provenAt, 1),
    ...claimed.flatMap(({ commit }) =>
      unless(moves.includes(commit), `it says that it brought ${commit} in, and no ref ever stood there`),
    ),
  ];
}

function sawBy(seen: Observation, kind: Effect['kind'], at: string | undefined, least: number): string[] {
  if (at === undefined) return [];
  const changed = production(seen).filter((effect) => effect.kind === kind && effect.at <= at);
  return unless(
    changed.length >= least,
    `it says that it saw ${kind} at ${at}, and the index had ${String(changed.length)} of ${String(least)}`,
  );
}

function unless(holds: boolean, otherwise: string): string[] {
  return holds ? [] : [otherwise];
}

function some(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
