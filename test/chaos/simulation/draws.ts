/** Draws that follow from a seed alone. */
export interface Draws {
  /** From 0 up to 1, without 1. */
  readonly fraction: () => number;
  /** A whole number from 0 up to a limit, without it. */
  readonly below: (limit: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly one: <T>(items: readonly [T, ...T[]]) => T;
}

/** Draws of a seed: mulberry32. */
export function drawsOf(seed: number): Draws {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    one: (items) => items[below(items.length)] ?? items[0],
  };
}
