import { exactlyOnce, inOrder, noSilentHalf, sameBytes, soundGit } from './invariants/effects.js';
import { authorised, decidedOnce, yankDominates } from './invariants/people.js';
import { endsOrAsks, explained, honest, oneWriter } from './invariants/service.js';
import { invariants, type Broken, type Invariant, type Observation } from './observation.js';

export type { Broken, Effect, Observation } from './observation.js';

const judges: Readonly<Record<Invariant, (seen: Observation) => string[]>> = {
  I1: exactlyOnce,
  I2: sameBytes,
  I3: noSilentHalf,
  I4: authorised,
  I5: inOrder,
  I6: yankDominates,
  I7: decidedOnce,
  I8: oneWriter,
  I9: endsOrAsks,
  I10: soundGit,
  I13: explained,
  I14: honest,
};

/** Every way in which a run broke an invariant, by the other side's records; a run in which too little happened is one too. */
export function judge(seen: Observation): Broken[] {
  const done = seen.effects.filter(({ foreign, kind }) => foreign !== true && kind !== 'lease').length;
  return [
    ...invariants.flatMap((invariant) => judges[invariant](seen).map((what) => ({ invariant, what }))),
    ...(done < seen.least
      ? [
          {
            invariant: 'least' as const,
            what: `only ${String(done)} of at least ${String(seen.least)} effects happened`,
          },
        ]
      : []),
  ];
}

/** What broke, what was seen, and how to play it again, as lines for a person; empty where nothing broke. */
export function report(seen: Observation, broken: readonly Broken[] = judge(seen)): string {
  if (broken.length === 0) return '';
  return [
    ...broken.map(({ invariant, what }) => `${invariant} is broken: ${what}`),
    ...(seen.seed === undefined ? [] : [`seed: ${String(seen.seed)}`]),
    `play it again: ${seen.reproduce}`,
    'what happened outside:',
    ...seen.effects.map((effect) => `  ${JSON.stringify(effect)}`),
    'what people sent:',
    ...seen.messages.map((message) => `  ${JSON.stringify(message)}`),
  ].join('\n');
}
