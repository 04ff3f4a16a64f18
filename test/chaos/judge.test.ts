import { describe, expect, test } from 'vitest';

import { judge, report } from './judge.js';
import { invariants } from './observation.js';
import { last, stopped, until } from './records/changing.js';
import { fileEffect, rightRecord, sha } from './records/right.js';
import { wrongInside } from './records/wrong-inside.js';
import { wrongOutside } from './records/wrong-outside.js';

const wrong = { ...wrongInside, ...wrongOutside };

describe('the judge', () => {
  test('finds nothing in a right record', () => {
    expect(report(rightRecord())).toBe('');
  });

  test('finds nothing in one that was yanked after its upload', () => {
    const right = rightRecord();
    const effects = [...until(right, 8), ...fileEffect('yanked', 'production', '0.2.0', 10)];
    expect(report(stopped(right, 'yanked', effects, 9))).toBe('');
  });

  const cases = invariants.flatMap((invariant) =>
    wrong[invariant].map(({ what, of }) => ({ invariant, what, of })),
  );
  test.each(cases)('names just $invariant for $what', ({ invariant, of }) => {
    const broken = judge(of(rightRecord()));
    expect([...new Set(broken.map((one) => one.invariant))], JSON.stringify(broken)).toEqual([invariant]);
  });

  test('has a record for each invariant', () => {
    expect(invariants.filter((invariant) => wrong[invariant].length === 0)).toEqual([]);
  });

  test('does not let a run pass in which too little happened', () => {
    expect(judge({ ...rightRecord(), least: 10 })).toEqual([
      { invariant: 'least', what: 'only 9 of at least 10 effects happened' },
    ]);
  });

  test('says which invariant broke, what was seen, the seed, and the command that plays it again', () => {
    const right = rightRecord();
    const lines = report({
      ...right,
      foreign: [{ ref: 'refs/heads/main', commit: sha('7'), kept: false }],
    }).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      `I10 is broken: somebody else's commit ${sha('7')} is lost from refs/heads/main`,
      'seed: 7',
      'play it again: SLIPWAY_SEED=7 npx vitest run test/chaos/simulation',
    ]);
    expect(lines).toContain(`  ${JSON.stringify(last(right.effects))}`);
  });
});
