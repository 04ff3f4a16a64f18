import { setTimeout as sleep } from 'node:timers/promises';

import { Context } from '@temporalio/activity';

/** The running activity's cancellation; undefined outside an activity. */
export function currentCancellation(): AbortSignal | undefined {
  return currentActivity()?.cancellationSignal;
}

/** The running activity's context; undefined outside an activity. */
export function currentActivity(): Context | undefined {
  try {
    return Context.current();
  } catch {
    return undefined;
  }
}

/** Waits that many milliseconds, or until the running activity is cancelled, which is an error. */
export async function pause(milliseconds: number): Promise<void> {
  const signal = currentCancellation();
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
}
