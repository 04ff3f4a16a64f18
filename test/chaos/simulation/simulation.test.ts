import { expect, test } from 'vitest';

import { playSeeds, seedsSaid } from './playing.js';

/** One seed to play again, or how many from the first. */
const one = process.env.SLIPWAY_SEED;
const from = Number(one ?? 0);
const count = one === undefined ? 120 : 1;

test('row 53: releases end right in worlds whose answers fail or are lost, with their messages in any order', async ({
  annotate,
}) => {
  const { outcomes, wrong } = await playSeeds(from, count);
  expect(wrong.join('\n\n')).toBe('');
  expect([...Object.keys(outcomes)].filter((outcome) => outcome === 'open' || outcome === 'failed')).toEqual(
    [],
  );
  await annotate(seedsSaid(from, count, outcomes));
  if (one !== undefined) return;
  // So many of them have to come to something that the others prove anything.
  expect(outcomes.released).toBeGreaterThan(count / 4);
  expect(outcomes.abandoned).toBeGreaterThan(count / 20);
  expect(outcomes.yanked).toBeGreaterThan(count / 50);
  expect(outcomes.continued).toBeGreaterThan(count / 50);
});
