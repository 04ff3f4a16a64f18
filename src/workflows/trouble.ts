import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';

import type { Trouble } from '../contract/failures.js';

/** The three lines for a failure that the engine's retries did not mend; anything unexpected goes on as a bug. */
export function describeTrouble(error: unknown): Trouble {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    const told = cause.details?.[0] as Partial<Trouble> | undefined;
    if (told?.now !== undefined && told.not !== undefined && told.next !== undefined)
      return { now: told.now, not: told.not, next: told.next };
  }
  const what =
    cause instanceof TimeoutFailure
      ? `it did not end in time (${cause.message})`
      : (cause?.message ?? error.message);
  return {
    now: `${error.activityType} failed ${error.retryState === 'MAXIMUM_ATTEMPTS_REACHED' ? 'at every attempt' : 'and is not tried again by itself'}: ${what}`,
    not: 'The step is not done; what it did outside is looked up before it acts again.',
    next: 'Mend the cause, then send `retry`; or give the release up.',
  };
}
