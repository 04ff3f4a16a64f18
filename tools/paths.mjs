import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The folder that keeps what is dear to make and shared by all checkouts: `$SLIPWAY_CACHE`, or `slipway` in the user's
 * cache folder.
 */
export function cacheFolder() {
  const { SLIPWAY_CACHE: own, XDG_CACHE_HOME: users } = process.env;
  return own || join(users || join(homedir(), '.cache'), 'slipway');
}

/** The lock file of whoever changes this checkout's `node_modules` or `dist`. */
export function checkoutLock() {
  return join(cacheFolder(), `checkout-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`);
}
