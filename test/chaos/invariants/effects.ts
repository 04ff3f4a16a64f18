import {
  fileEffects,
  listed,
  production,
  refEffects,
  refsOf,
  uploads,
  type FileEffect,
  type Observation,
  type RefEffect,
} from '../observation.js';

/** I1: each effect changed the world once: a file is stored once, a change of a ref is made once, a yank is one yank. */
export function exactlyOnce(seen: Observation): string[] {
  const ours = seen.effects.filter(({ foreign }) => foreign !== true);
  const keys = ours.flatMap((effect) => {
    if (effect.kind === 'lease') return [];
    if (effect.kind !== 'ref')
      return effect.kind === 'stored' ? [`${effect.index} stored ${effect.filename}`] : [];
    const { ref, key, from, to } = effect;
    return [
      `${ref} moved to ${to ?? 'nothing'}, from ${from ?? 'nothing'}`,
      ...(key === undefined ? [] : [`${ref}: ${key}`]),
    ];
  });
  return [
    ...repeated(keys).map((key) => `happened more than once: ${key}`),
    ...fileEffects(seen).flatMap((effect, at, all) => {
      const before = all
        .slice(0, at)
        .findLast(({ index, filename }) => index === effect.index && filename === effect.filename);
      return isChange(effect, before)
        ? []
        : [
            `${effect.index}: ${effect.filename} was ${effect.kind} after it was ${before?.kind ?? 'nothing'}`,
          ];
    }),
  ];
}

const predecessors: Readonly<Record<FileEffect['kind'], readonly (FileEffect['kind'] | undefined)[]>> = {
  stored: [undefined],
  yanked: ['stored', 'un-yanked'],
  'un-yanked': ['yanked'],
  deleted: ['stored', 'yanked', 'un-yanked'],
};

function isChange({ kind }: FileEffect, before: FileEffect | undefined): boolean {
  // That it was stored twice is said already.
  return kind === 'stored' || predecessors[kind].includes(before?.kind);
}

function repeated(keys: readonly string[]): string[] {
  return [...new Set(keys.filter((key, at) => keys.indexOf(key) < at))];
}

/** I2: what the index serves is, byte for byte, what was built from the tagged commit, tested and approved. */
export function sameBytes(seen: Observation): string[] {
  const final = seen.ledger?.final;
  const agreed = new Map(final?.manifest.files.map(({ filename, sha256 }) => [filename, sha256]));
  const tagged = seen.rest.refs[refsOf(seen).tag];
  return [
    ...[...uploads(seen), ...listed(seen)].flatMap(({ filename, sha256 }) =>
      final === undefined || agreed.get(filename) === sha256
        ? []
        : [`${filename} is ${sha256} on the index and ${agreed.get(filename) ?? 'nothing'} in the manifest`],
    ),
    ...listed(seen).flatMap(({ filename, sha256 }) => {
      const stored = uploads(seen).find((effect) => effect.filename === filename);
      return stored === undefined || stored.sha256 === sha256
        ? []
        : [`${filename} was stored as ${stored.sha256} and is served as ${sha256}`];
    }),
    ...(final === undefined || tagged === undefined || tagged === final.manifest.commit
      ? []
      : [`the files were built from ${final.manifest.commit}, and the tag stands at ${tagged}`]),
  ];
}

/** I3: at rest the index has nothing of the version, all of it, or a part that is yanked or that people are asked about. */
export function noSilentHalf(seen: Observation): string[] {
  const { ledger } = seen;
  const there = listed(seen).map(({ filename }) => filename);
  const open = served(seen);
  const isAsked = ledger !== undefined && ledger.outcome === undefined;
  if (open.length === 0 || isAsked) return [];
  const files = ledger?.final?.manifest.files.map(({ filename }) => filename) ?? [];
  const missing = files.filter((filename) => !there.includes(filename));
  const yanked = there.filter((filename) => !open.includes(filename));
  return [
    ...(missing.length > 0
      ? [`${missing.join(', ')} is missing beside what is served, and nobody is asked`]
      : []),
    ...(yanked.length > 0 ? [`only ${yanked.join(', ')} is yanked, and nobody is asked`] : []),
  ];
}

/** I5: rehearsed before merged, merged before uploaded, uploaded before tagged, tagged before the branch is deleted. */
export function inOrder(seen: Observation): string[] {
  const { base, branch, tag } = refsOf(seen);
  const stored = uploads(seen);
  const deleted = firstMove(seen, branch, (to) => to === undefined);
  const tagged = firstMove(seen, tag, (to) => to !== undefined);
  const merged = firstMove(seen, base, () => true);
  const [rehearsed] = fileEffects(seen, 'test').filter(({ kind }) => kind === 'stored');
  const isWaived = seen.ledger?.waiver !== undefined;
  return [
    ...before(
      ['the first file on the test index', rehearsed],
      [`the merge into ${base}`, isWaived ? undefined : merged],
    ),
    ...before([`the merge into ${base}`, merged], ['the first upload', stored[0]]),
    ...before(['the last upload', stored.at(-1)], ['the tag', tagged]),
    ...before(['the tag', tagged], ['the deletion of the branch', deleted]),
  ];
}

function firstMove(
  seen: Observation,
  ref: string,
  is: (to: string | undefined) => boolean,
): RefEffect | undefined {
  return refEffects(seen, ref).find(({ foreign, to }) => foreign !== true && is(to));
}

type Moment = readonly [what: string, effect: { readonly at: string } | undefined];

function before([earlier, from]: Moment, [later, to]: Moment): string[] {
  if (to === undefined || (from !== undefined && from.at <= to.at)) return [];
  return [`${later} came at ${to.at}, and ${earlier} ${from === undefined ? 'never' : `only at ${from.at}`}`];
}

/** I10: main only goes forward, a tag never moves, only the branch as it was judged is deleted, and foreign commits stay. */
export function soundGit(seen: Observation): string[] {
  const refs = refsOf(seen);
  const ours = refEffects(seen).filter(({ foreign }) => foreign !== true);
  const merged = seen.ledger?.merges.at(-1)?.head;
  return [
    ...ours.flatMap((move) =>
      wrongMoves
        .filter(({ on, is }) => (on === undefined || refs[on] === move.ref) && is(move, merged))
        .map(
          ({ what }) => `${what}: ${move.ref} went from ${move.from ?? 'nothing'} to ${move.to ?? 'nothing'}`,
        ),
    ),
    ...(seen.foreign ?? []).flatMap(({ ref, commit, kept }) =>
      kept ? [] : [`somebody else's commit ${commit} is lost from ${ref}`],
    ),
  ];
}

const wrongMoves: readonly {
  readonly what: string;
  /** The ref of the release that it is wrong for; undefined for each. */
  readonly on?: 'base' | 'branch' | 'tag';
  readonly is: (move: RefEffect, merged: string | undefined) => boolean;
}[] = [
  { what: 'a tag was moved', on: 'tag', is: ({ from }) => from !== undefined },
  { what: 'the base was deleted', on: 'base', is: ({ to }) => to === undefined },
  {
    what: 'the branch was deleted at another commit than the merged one',
    on: 'branch',
    is: ({ from, to }, merged) => to === undefined && merged !== undefined && from !== merged,
  },
  {
    what: 'not a fast-forward',
    is: ({ from, to, fastForward }) => from !== undefined && to !== undefined && !fastForward,
  },
];

/** Which files of the release anybody can still install without naming them. */
export function served(seen: Observation): string[] {
  return listed(seen).flatMap(({ filename, yanked }) => (yanked ? [] : [filename]));
}

/** When the production index changed so that more is served. */
export function unYanks(seen: Observation): FileEffect[] {
  return production(seen).filter(({ kind }) => kind === 'un-yanked');
}
