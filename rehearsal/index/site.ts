import type { Token } from './contract.js';
import type { OwnersPages } from './owner/pages.js';
import type { PassThrough } from './pass-through.js';
import type { Store } from './store.js';
import type { TrustedPublishing } from './trusted-publishing.js';

/** What the routes of a running stand-in share. */
export interface Site {
  /** The root, with a slash at its end. */
  readonly url: string;
  readonly store: Store;
  readonly tokens: readonly Token[];
  readonly trustedPublishing: TrustedPublishing;
  readonly owner: string | undefined;
  readonly ownersPages: OwnersPages | undefined;
  readonly passThrough: PassThrough | undefined;
  /** Normalised names that are never read from upstream. */
  readonly own: ReadonlySet<string>;
}
