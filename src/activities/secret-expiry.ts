import type { Settings } from '../config/settings.js';
import { fail, pass, type Precondition } from '../contract/preconditions.js';
import type { Expiry, ReleaseRequest } from '../contract/release.js';

/** When the settings say that secrets stop to be taken. */
export function expiries({ expiry }: Settings): Expiry[] {
  return Object.entries(expiry).map(([secret, day]) => ({ secret, at: new Date(day).toISOString() }));
}

/** Whether each secret is still taken, by the settings. */
export function expiryPreconditions(settings: Settings): Precondition[] {
  const now = new Date().toISOString();
  return expiries(settings).map(({ secret, at }) =>
    at > now
      ? pass('secrets', `The secret ${secret} is taken until ${day(at)} by slipway.toml`)
      : fail(
          'secrets',
          `The secret ${secret} has expired on ${day(at)} by slipway.toml`,
          'renew it, write its new day into [expiry], and restart the worker.',
        ),
  );
}

/** The secrets that a release started now would outlive, even if nothing in it had to wait. */
export function expiryLimits(
  settings: Settings,
  { watchSeconds = settings.watchSeconds }: ReleaseRequest,
): string[] {
  const end = new Date(Date.now() + watchSeconds * 1000).toISOString();
  return expiries(settings)
    .filter(({ at }) => at < end)
    .map(({ secret, at }) => `the secret ${secret} expires on ${day(at)}, before the watch could end.`);
}

function day(at: string): string {
  return at.slice(0, 10);
}
