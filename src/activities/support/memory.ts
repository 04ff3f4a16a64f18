import type { Context } from '@temporalio/activity';

import { currentActivity } from './cancellation.js';

const left = new WeakMap<Context, unknown>();

/** Leaves something for the next attempt of the running activity. */
export function remember(details: unknown): void {
  const context = currentActivity();
  if (context === undefined) return;
  left.set(context, details);
  beat(context);
}

/** What an earlier attempt of the running activity has left. */
export function recall<T>(): T | undefined {
  return (currentActivity()?.info.heartbeatDetails as T | null | undefined) ?? undefined;
}

/** Says that an activity is alive; a heartbeat without its details would take away what was left in them. */
export function beat(context: Context): void {
  context.heartbeat(leftIn(context));
}

/** What an activity has left by now, in this attempt or in one before it. */
export function leftIn(context: Context): unknown {
  return left.get(context) ?? (context.info.heartbeatDetails as unknown);
}
