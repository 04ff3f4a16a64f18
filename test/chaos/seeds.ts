import { randomInt } from 'node:crypto';

/** A seed, that of `SLIPWAY_SEED` or a new one, and numbers from 0 up to 1 that follow from it. */
export function seeded(): { seed: number; random: () => number } {
  const seed = Number(process.env['SLIPWAY_SEED'] ?? randomInt(2 ** 31));
  let state = seed;
  return {
    seed,
    // Mulberry32: small, and the same everywhere.
    random: () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
