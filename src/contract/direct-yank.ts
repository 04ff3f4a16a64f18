/** A yank that somebody made past every release (`slipway yank --direct`), as it was noted in the artifact store. */
export interface DirectYank {
  readonly by: string;
  readonly reason: string;
  /** When it was asked for, ISO 8601. */
  readonly at: string;
  /** Which driver did it, or `somebody else`. */
  readonly driver?: string;
  /** When the index said so for every file. */
  readonly provenAt?: string;
}
