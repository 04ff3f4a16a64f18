import type { Subject } from '../../contract/activities.js';
import type { IndexAddress, YankDriver } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';

/** A release on an index. */
export interface Target {
  readonly index: IndexAddress;
  readonly subject: Subject;
}

/** A release to be yanked, and why. */
export interface Yank extends Target {
  readonly reason: string;
}

/** How far a driver came: it acted, which only the index can prove, or it knows what a person has to do. */
export interface YankAct {
  /** `perhaps` where it was cut off in the middle. */
  readonly acted: boolean | 'perhaps';
  readonly evidence: readonly Evidence[];
  readonly toDo: readonly string[];
}

/** Whether a driver could yank now without a person; `unclear` where that could not be found out just now. */
export interface DriverArming {
  readonly state: 'armed' | 'unarmed' | 'unclear';
  /** When its session ends by itself, ISO 8601. */
  readonly until?: string;
  readonly evidence: readonly Evidence[];
  readonly toDo: readonly string[];
}

/** A way to yank a release. */
export interface Driver {
  yank(yank: Yank): Promise<YankAct>;
  /** Takes a yank back; undefined where it has no way to. */
  unYank?(yank: Yank): Promise<YankAct>;
  /** Tries it dry: it changes nothing on the index. */
  arm(target: Target): Promise<DriverArming>;
}

/** Every way to yank; one set of them serves a whole process, because an owner's session is one of them. */
export type Drivers = Readonly<Record<YankDriver, Driver>>;
