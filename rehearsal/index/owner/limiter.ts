/** So many attempts in so many seconds. */
export type Limit = readonly [attempts: number, seconds: number];

/** Limits failed attempts by their key in moving windows. */
export class Limiter {
  readonly #limits: readonly Limit[];
  readonly #now: () => Date;
  readonly #hits = new Map<string, number[]>();

  constructor(limits: readonly Limit[], now: () => Date) {
    this.#limits = limits;
    this.#now = now;
  }

  hit(key: string): void {
    this.#hits.set(key, [...(this.#hits.get(key) ?? []), this.#now().getTime()]);
  }

  /** For how many seconds no attempt is let in any more; undefined where one is. */
  lockedFor(key: string): number | undefined {
    const hits = this.#hits.get(key) ?? [];
    const now = this.#now().getTime();
    const waits = this.#limits.flatMap(([attempts, seconds]) => {
      const oldest = hits.at(-attempts);
      const wait = oldest === undefined ? 0 : oldest + seconds * 1000 - now;
      return wait > 0 ? [Math.ceil(wait / 1000)] : [];
    });
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
}
