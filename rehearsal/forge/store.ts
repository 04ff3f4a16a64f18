import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../serving/journal.js';
import type { Change } from './changes.js';
import type { ForgeEntry, ForgeJournal, RequestSeen } from './journal.js';
import { RepositoryState } from './state.js';

/** The journal, the state that follows from it, and the files of releases by their sha256. */
export class Store {
  readonly journal: ForgeJournal;
  readonly #folder: string;
  readonly #now: () => Date;
  readonly #states = new Map<string, RepositoryState>();
  readonly #heard = new EventEmitter<{ entry: [ForgeEntry] }>();
  #lastId = 0;

  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
    mkdirSync(join(folder, 'assets'), { recursive: true });
    this.journal = new Journal(join(folder, 'journal.jsonl'));
    for (const entry of this.journal.entries) {
      if (entry.kind !== 'change') continue;
      this.#lastId = Math.max(this.#lastId, idOf(entry.change));
      this.state(entry.repository).apply(entry.change, entry.at);
    }
  }

  now(): Date {
    return this.#now();
  }

  /** What is held of a repository, named `owner/name`. */
  state(repository: string): RepositoryState {
    const state = this.#states.get(repository) ?? new RepositoryState();
    this.#states.set(repository, state);
    return state;
  }

  /** A number that nothing of this forge has had. */
  newId(): number {
    return (this.#lastId += 1);
  }

  /** Where the bytes of a release's file are or shall be. */
  assetPath(sha256: string): string {
    return join(this.#folder, 'assets', sha256);
  }

  /** Where the bare repository of that name is. */
  gitFolder(repository: string): string {
    return join(this.#folder, 'repositories', `${repository}.git`);
  }

  /** Makes a change durable and visible; `request` is null for a change from within the process. */
  commit(repository: string, change: Change, request: number | null): void {
    const entry = { kind: 'change', request, repository, change } as const;
    const stamped = this.journal.append(entry, this.#now().toISOString());
    this.state(repository).apply(change, stamped.at);
    this.#heard.emit('entry', stamped);
  }

  /** Notes a request. */
  note(request: RequestSeen): void {
    this.#heard.emit('entry', this.journal.append(request, this.#now().toISOString()));
  }

  /** Hears every line as it is written. */
  listen(listener: (entry: ForgeEntry) => void): () => void {
    this.#heard.on('entry', listener);
    return () => this.#heard.off('entry', listener);
  }
}

function idOf(change: Change): number {
  if ('id' in change) return change.id;
  if ('run' in change) return change.run.id;
  if ('workflowRun' in change) return change.workflowRun.id;
  if ('status' in change) return change.status.id;
  return 'asset' in change ? change.asset.id : 0;
}
