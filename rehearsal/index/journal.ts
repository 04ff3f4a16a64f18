import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { Change } from './state.js';

/** One line of the journal, numbered without gaps in the order in which things happened. */
export type AccessEntry = Stamp & (RequestSeen | ChangeMade);

/** When and as how manyth a line was written; `at` is ISO 8601 in UTC. */
export interface Stamp {
  readonly seq: number;
  readonly at: string;
}

/** A request, noted when its answer was decided, which is before the client has it. */
export interface RequestSeen {
  readonly kind: 'request';
  /** Numbers requests in the order of their arrival; changes name the request that made them. */
  readonly request: number;
  readonly method: string;
  readonly path: string;
  /** Null when the client got no answer. */
  readonly status: number | null;
  readonly reason?: string | undefined;
  /** The file of an upload. */
  readonly filename?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The kind of the scripted fault that was applied. */
  readonly fault?: string | undefined;
}

/** A change of what the index holds; `request` is null for one that was made in the process itself. */
export interface ChangeMade {
  readonly kind: 'change';
  readonly request: number | null;
  readonly change: Change;
}

/** The append-only record from which the index's state is rebuilt and by which judges judge. */
export class Journal {
  readonly #entries: AccessEntry[];
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
  append(entry: RequestSeen | ChangeMade, at: string): AccessEntry {
    const line = JSON.stringify({ seq: this.#entries.length + 1, at, ...entry });
    writeSync(this.#file, `${line}\n`);
    if (entry.kind === 'change') fsyncSync(this.#file);
    // What is remembered is what can be read back.
    const stamped = JSON.parse(line) as AccessEntry;
    this.#entries.push(stamped);
    return stamped;
  }

  /** Every line so far. */
  get entries(): readonly AccessEntry[] {
    return this.#entries;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Reads the journal of a stand-in that another process runs or that has ended. */
export function readJournal(path: string): AccessEntry[] {
  const text = readFileSync(path, 'utf8');
  return parseLines(text.slice(0, text.lastIndexOf('\n') + 1));
}

function parseLines(text: string): AccessEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AccessEntry);
}
