import type { DirectYank } from './direct-yank.js';
import type { YankDriver } from './release.js';
import type { Evidence } from './verdict.js';

/** Which ways to yank stand ready. */
export interface Arming {
  /** The drivers that could yank now without a person; `until` (ISO 8601) where a session ends by itself. */
  readonly armed: readonly { readonly driver: YankDriver; readonly until?: string }[];
  readonly evidence: readonly Evidence[];
  /** What a person has to do so that more of them are. */
  readonly toDo: readonly string[];
}

/** How far a yank, or taking one back, came by our own means. */
export type YankAttempt =
  | {
      readonly proven: true;
      readonly driver: string;
      /** Where it was yanked past the release. */
      readonly direct?: DirectYank;
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly proven: false;
      /** Who may have yanked, where only the index does not show it yet. */
      readonly driver?: string;
      readonly toDo: readonly string[];
      readonly evidence: readonly Evidence[];
    };
