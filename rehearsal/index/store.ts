import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../serving/journal.js';
import type { IndexJournal, RequestSeen } from './journal.js';
import { IndexState, type Change } from './state.js';

/** The journal, the state that follows from it, and the files by their sha256. */
export class Store {
  readonly journal: IndexJournal;
  readonly state = new IndexState();
  readonly #folder: string;
  readonly #now: () => Date;

  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
    // What a killed process had received in part is of no use to anybody.
    rmSync(join(folder, 'incoming'), { recursive: true, force: true });
    for (const name of ['incoming', 'files']) mkdirSync(join(folder, name), { recursive: true });
    this.journal = new Journal(join(folder, 'journal.jsonl'));
    this.#replay(this.state, () => true);
  }

  now(): Date {
    return this.#now();
  }

  /** Where the bytes with that digest are, if the index has them. */
  filePath(sha256: string): string {
    return join(this.#folder, 'files', sha256);
  }

  /** A path for a file that is still arriving. */
  incomingPath(): string {
    return join(this.#folder, 'incoming', randomUUID());
  }

  /** Moves a file that has arrived whole to its place. */
  keep(incoming: string, sha256: string): void {
    renameSync(incoming, this.filePath(sha256));
  }

  /** Makes a change durable and visible; `request` is null for a change from within the process. */
  commit(change: Change, request: number | null): void {
    const { at } = this.journal.append({ kind: 'change', request, change }, this.#now().toISOString());
    this.state.apply(change, at);
  }

  /** Notes a request. */
  note(request: RequestSeen): void {
    this.journal.append(request, this.#now().toISOString());
  }

  /** The state as it was before the latest `changes`, or `age` milliseconds ago. */
  past(by: { readonly changes: number } | { readonly age: number }): IndexState {
    const state = new IndexState();
    if ('changes' in by) {
      const upTo = this.state.serial - by.changes;
      this.#replay(state, () => state.serial < upTo);
    } else {
      const then = this.#now().getTime() - by.age;
      this.#replay(state, (at) => Date.parse(at) <= then);
    }
    return state;
  }

  #replay(state: IndexState, wanted: (at: string) => boolean): void {
    for (const entry of this.journal.entries) {
      if (entry.kind === 'change' && wanted(entry.at)) state.apply(entry.change, entry.at);
    }
  }
}
