import { describe, expect, test } from 'vitest';

import { steps } from '../../../src/contract/steps.js';
import { report } from '../judge.js';
import { production } from '../observation.js';
import { simulate, type Wanted } from './simulate.js';

/** Nothing is said that is not asked, so that every step is reached. */
const quiet = { wild: 0, late: false, armed: true, drivers: 0, stop: undefined };

/** Plays some seeds; what the judge finds in any of them is an error. */
async function play(seeds: number, wanted: Wanted) {
  const played = [];
  for (let seed = 0; seed < seeds; seed++) {
    const one = await simulate(seed, wanted);
    expect([report(one.observation), ...one.wrong].join('\n')).toBe('');
    played.push(one);
  }
  return played;
}

describe('row 46: a run that is cancelled in the engine undoes only what it has done', () => {
  test.each(steps.map(({ id }) => id))('row 46: at the step %s', async (step) => {
    const plan = { ...quiet, findings: 3, faults: 3 };
    const played = await play(step === '07-pass-quality-gates' ? 12 : 4, {
      plan,
      stopAt: { step, how: 'cancel' },
    });
    const cancels = played.flatMap(({ observation: { ledger } }) =>
      (ledger?.messages ?? []).filter(({ channel }) => channel === 'engine'),
    );
    expect(cancels.length).toBeGreaterThan(0);
    for (const { outcome, observation } of played) {
      expect(['released', 'abandoned']).toContain(outcome);
      if (outcome === 'abandoned') expect(production(observation)).toEqual([]);
    }
  });
});

test('row 57: an upload that a yank comes before never begins', async () => {
  const played = await play(8, {
    plan: { ...quiet, findings: 0 },
    stopAt: { step: '08-merge-branch', how: 'yank' },
  });
  expect(played.map(({ outcome }) => outcome)).toEqual(Array(8).fill('abandoned'));
  expect(played.flatMap(({ observation }) => production(observation))).toEqual([]);
});

test('row 59: a yank in the instant in which the watch ends has one outcome, whichever came first', async () => {
  const played = await play(40, { plan: { ...quiet, findings: 0, faults: 0, yankAtEnd: true } });
  const outcomes = new Set(played.map(({ outcome }) => outcome));
  expect([...outcomes].sort()).toEqual(['released', 'yanked']);
  for (const { observation, outcome } of played) {
    const yank = observation.messages.find(({ kind }) => kind === 'yank');
    if (outcome === 'released') expect(yank?.answer?.counted).not.toBe(true);
  }
});
