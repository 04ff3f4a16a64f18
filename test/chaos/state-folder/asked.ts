/** How the state folder is to be mounted before a release is tried on it. */
export interface Asked {
  /** Options of a remount, such as `rw,size=64k`. */
  readonly options: string;
  /** Whether folder and remote are to be as before any release. */
  readonly empty?: boolean;
}

/** What came of the release. */
export interface Told {
  /** What each write answered, where all of them did. */
  readonly told?: readonly unknown[];
  readonly failed?: Failed;
  /** What of the folder could be taken for whole and is not. */
  readonly unsound: readonly string[];
}

/** The first write that failed, and how. */
export interface Failed {
  readonly at: string;
  readonly type: string;
  readonly nonRetryable: boolean;
  readonly message: string;
}
