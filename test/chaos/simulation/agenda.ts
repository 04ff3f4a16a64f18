/** Something that is due at a moment of the virtual time. */
interface Due {
  readonly at: number;
  readonly act: () => void | Promise<void>;
  isOff: boolean;
}

/** Virtual time: what is due comes in its order, and nothing is waited for. */
export class Agenda {
  readonly #due: Due[] = [];

  /** `now` in milliseconds since 1970. */
  constructor(public now: number) {}

  /** The present moment, ISO 8601. */
  get iso(): string {
    return new Date(this.now).toISOString();
  }

  /** Has something done after so many milliseconds; answers how to call it off. */
  after(milliseconds: number, act: () => void | Promise<void>): () => void {
    const due: Due = { at: this.now + Math.max(0, Math.round(milliseconds)), act, isOff: false };
    const place = this.#due.findLastIndex((other) => other.at <= due.at);
    this.#due.splice(place + 1, 0, due);
    return () => {
      due.isOff = true;
    };
  }

  /** Does what is due next, with all that follows from it at once; false if nothing is. */
  async step(): Promise<boolean> {
    const next = this.#due.shift();
    if (next === undefined) return false;
    if (next.isOff) return true;
    this.now = next.at;
    await next.act();
    // Promises of the modelled world go as far as they can before the time goes on.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
}
