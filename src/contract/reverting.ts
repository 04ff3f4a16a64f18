import type { LastStable, PullRequest, Subject } from './activities.js';
import type { Digest, Sha } from './release.js';
import type { Merge } from './state.js';
import type { Evidence } from './verdict.js';

/** What is to be taken back on main, and why. */
export interface RevertOrder {
  readonly repository: string;
  readonly base: string;
  readonly branch: string;
  readonly merges: readonly Merge[];
  readonly final?: Sha;
  readonly tag: string;
  readonly subject: Subject;
  readonly reason: string;
  /** Undefined where there is none. */
  readonly lastStable?: LastStable;
}

/** What of an order tells what main holds of its release. */
export type ReleaseOnBase = Pick<
  RevertOrder,
  'repository' | 'base' | 'merges' | 'final' | 'subject' | 'lastStable'
>;

/** Why main needs no revert: the commit that reverted the release already, or main's head, where taking it out changes no file. */
export type NoRevert = { readonly back: Sha } | { readonly unchanged: Sha };

/** A commit after which main holds nothing of a release, and what it stands on. */
export interface Revert {
  readonly commit: Sha;
  /** Main's head that it was made on. */
  readonly onto: Sha;
  /** The digest of the package's configuration in it; undefined where it has none that can be read. */
  readonly config?: Digest;
}

/** What became of a revert that was to reach main. */
export type RevertOutcome =
  | { readonly state: 'moved' }
  | { readonly state: 'done'; readonly evidence: readonly Evidence[] }
  /** Nobody may push there; `pull` is the pull request, where there are such. */
  | {
      readonly state: 'proposed';
      readonly pull?: Pick<PullRequest, 'id' | 'url'>;
      readonly evidence: readonly Evidence[];
    };
