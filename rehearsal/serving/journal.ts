import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';

/** When and as how manyth a line was written, counted without gaps; `at` is ISO 8601 in UTC. */
export interface Stamp {
  readonly seq: number;
  readonly at: string;
}

/** The append-only record from which a stand-in's state is rebuilt and by which judges judge. */
export class Journal<Entry extends { readonly kind: string }> {
  readonly #entries: (Stamp & Entry)[];
  readonly #file: number;

  /** Opens or creates the file; a last line that was torn by a crash never counted and is cut off. */
  constructor(path: string) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    this.#entries = parseLines(whole);
    this.#file = openSync(path, 'a');
  }

  /** Writes one line; a change is on the disk when this returns. */
  append(entry: Entry, at: string): Stamp & Entry {
    const line = JSON.stringify({ seq: this.#entries.length + 1, at, ...entry });
    writeSync(this.#file, `${line}\n`);
    if (entry.kind === 'change') fsyncSync(this.#file);
    // What is remembered is what can be read back.
    const stamped = JSON.parse(line) as Stamp & Entry;
    this.#entries.push(stamped);
    return stamped;
  }

  /** Every line so far. */
  get entries(): readonly (Stamp & Entry)[] {
    return this.#entries;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Reads the journal of a stand-in that another process runs or that has ended. */
export function readLines<Entry>(path: string): (Stamp & Entry)[] {
  const text = readFileSync(path, 'utf8');
  return parseLines(text.slice(0, text.lastIndexOf('\n') + 1));
}

function parseLines<Entry>(text: string): (Stamp & Entry)[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Stamp & Entry);
}
