/** Reads a stream of chunks by length or up to a mark, also where either lies across chunks. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #endsTooEarly: () => Error;
  #rest: Buffer;

  /** `endsTooEarly` makes the error that is thrown when more is wanted than there is. */
  constructor(chunks: AsyncIterable<Buffer>, endsTooEarly: () => Error, first: Buffer = Buffer.alloc(0)) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#endsTooEarly = endsTooEarly;
    this.#rest = first;
  }

  async take(count: number): Promise<Buffer> {
    while (this.#rest.length < count) await this.#more();
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  async skip(count: number): Promise<void> {
    let left = count;
    while (this.#rest.length < left) {
      left -= this.#rest.length;
      this.#rest = Buffer.alloc(0);
      await this.#more();
    }
    this.#rest = this.#rest.subarray(left);
  }

  /** Yields what comes before the mark and consumes the mark. */
  async *until(mark: Buffer): AsyncGenerator<Buffer> {
    let found = this.#rest.indexOf(mark);
    while (found < 0) {
      // The end of what is here may be the beginning of the mark.
      const certain = Math.max(0, this.#rest.length - mark.length + 1);
      if (certain > 0) yield this.#rest.subarray(0, certain);
      this.#rest = this.#rest.subarray(certain);
      await this.#more();
      found = this.#rest.indexOf(mark);
    }
    const before = this.#rest.subarray(0, found);
    this.#rest = this.#rest.subarray(found + mark.length);
    if (before.length > 0) yield before;
  }

  /** Reads and forgets everything that is left. */
  async finish(): Promise<void> {
    this.#rest = Buffer.alloc(0);
    while (!(await this.#chunks.next()).done) continue;
  }

  async #more(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done) throw this.#endsTooEarly();
    this.#rest = Buffer.concat([this.#rest, next.value]);
  }
}
