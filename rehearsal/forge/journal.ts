import { readLines, type Journal, type Stamp } from '../serving/journal.js';
import type { Change } from './changes.js';

/** One line of the journal, numbered without gaps in the order in which things happened. */
export type ForgeEntry = Stamp & (RequestSeen | ChangeMade);

/** The journal of a forge. */
export type ForgeJournal = Journal<RequestSeen | ChangeMade>;

/** A request, noted when its answer was decided, which is before the client has it. */
export interface RequestSeen {
  readonly kind: 'request';
  /** Numbers requests in the order of their arrival; changes name the request that made them. */
  readonly request: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Null when the client got no answer. */
  readonly status: number | null;
  /** The message of a refusal. */
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The kind of the scripted fault that was applied. */
  readonly fault?: string | undefined;
}

/** A change of what the forge holds; `request` is null for one that was made in the process itself. */
export interface ChangeMade {
  readonly kind: 'change';
  readonly request: number | null;
  /** As `owner/name`. */
  readonly repository: string;
  readonly change: Change;
}

/** Reads the journal of a forge that another process runs or that has ended. */
export function readJournal(path: string): ForgeEntry[] {
  return readLines<RequestSeen | ChangeMade>(path);
}
