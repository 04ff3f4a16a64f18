import type { Subject } from '../../contract/activities.js';
import type { IndexAddress } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';

/** A release to be yanked, and why. */
export interface Yank {
  readonly index: IndexAddress;
  readonly subject: Subject;
  readonly reason: string;
}

/** How far a driver came: it acted, which only the index can prove, or it knows what a person has to do. */
export interface YankAct {
  readonly acted: boolean;
  readonly evidence: readonly Evidence[];
  readonly toDo: readonly string[];
}

/** A way to yank a release. */
export type YankDriverCall = (yank: Yank) => Promise<YankAct>;
