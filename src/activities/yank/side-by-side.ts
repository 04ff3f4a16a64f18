import type { YankDriver } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import { currentCancellation, limited } from '../support/cancellation.js';
import type { Drivers, Yank, YankAct } from './driver.js';

/** What a tool of a driver may take to end after its time is over, in milliseconds. */
const graceMilliseconds = 4000;

/** Drivers that try to yank at the same time: none waits for another. */
export class SideBySide {
  /** When all of them have ended. */
  readonly ended: Promise<unknown>;
  readonly #left: Set<YankDriver>;
  /** In the order in which they have ended. */
  readonly #acts = new Map<YankDriver, YankAct>();
  readonly #over = new AbortController();

  /** Each driver gets so many seconds. */
  constructor(drivers: Drivers, wanted: readonly YankDriver[], yank: Yank, seconds: number) {
    this.#left = new Set(wanted);
    this.ended = Promise.all(
      [...this.#left].map(async (driver) => {
        const act = await this.#try(drivers, driver, yank, seconds);
        this.#left.delete(driver);
        this.#acts.set(driver, act);
      }),
    );
    // Who waits for it hears of it.
    this.ended.catch(() => undefined);
  }

  isRunning(): boolean {
    return this.#left.size > 0;
  }

  get evidence(): readonly Evidence[] {
    return [...this.#acts.values()].flatMap(({ evidence }) => evidence);
  }

  get toDo(): readonly string[] {
    return [...this.#acts.values()].flatMap(({ toDo }) => toDo);
  }

  /** Who has acted, the first one of several; undefined where nobody surely has. */
  get actor(): YankDriver | undefined {
    return [...this.#acts].find(([, { acted }]) => acted === true)?.[0];
  }

  /** Who can have acted: the one who has, or all of whom nobody knows; undefined for nobody. */
  get author(): string | undefined {
    const unsure = [...this.#acts].flatMap(([driver, { acted }]) => (acted === 'perhaps' ? [driver] : []));
    const names = [...unsure, ...this.#left];
    return this.actor ?? (names.length === 0 ? undefined : names.join(' or '));
  }

  /** Ends those that are still at it. */
  stop(): void {
    this.#over.abort(new Error('it is yanked'));
  }

  async #try(drivers: Drivers, driver: YankDriver, yank: Yank, seconds: number): Promise<YankAct> {
    try {
      const milliseconds = seconds * 1000 + graceMilliseconds;
      return await limited(milliseconds, () => drivers[driver].yank(yank), this.#over.signal);
    } catch (error) {
      currentCancellation()?.throwIfAborted();
      const what = `The driver ${driver} ${isTimeout(error) ? `did not end within ${String(seconds)} seconds` : `ended without an answer: ${messageOf(error)}`}`;
      return { acted: 'perhaps', evidence: [{ what }], toDo: [] };
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
