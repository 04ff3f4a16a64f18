import type { Context } from '@temporalio/activity';

import { currentActivity } from './cancellation.js';

const begun = new WeakMap<Context, number>();

/** Has the time of an attempt counted from here on; called as soon as it begins. */
export function beginAttempt(context: Context): void {
  begun.set(context, performance.now());
}

/**
 * What time it is for the engine, in milliseconds: what is compared with the procedure's times must not depend on whether
 * this machine's clock is right. An attempt that waited for a worker counts from when it was asked for.
 */
export function engineNow(): number {
  const context = currentActivity();
  const began = context === undefined ? undefined : begun.get(context);
  if (context === undefined || began === undefined) return Date.now();
  return context.info.currentAttemptScheduledTimestampMs + (performance.now() - began);
}

/** Tells how long ago the running activity was asked for, through all its attempts, in milliseconds; outside of one, how long ago this was called. */
export function sinceAsked(): () => number {
  const asked = currentActivity()?.info.scheduledTimestampMs;
  const already = asked === undefined ? 0 : engineNow() - asked;
  const began = performance.now();
  return () => already + performance.now() - began;
}
