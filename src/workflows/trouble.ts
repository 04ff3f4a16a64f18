import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';

import { troubleOf } from '../contract/failures.js';
import type { Trouble } from '../contract/trouble.js';

/** The three lines for a failure that the engine's retries did not mend; anything unexpected goes on as a bug. */
export function describeTrouble(error: unknown): Trouble {
  if (!(error instanceof ActivityFailure)) throw error;
  const spent = error.retryState === 'MAXIMUM_ATTEMPTS_REACHED';
  return (
    troubleOf(error.cause) ?? {
      now: `${error.activityType} failed ${spent ? 'at every attempt' : 'and is not tried again by itself'}: ${causeOf(error)}`,
      not: 'The step is not done; what it did outside is looked up before it acts again.',
      next: 'Mend the cause, then send `retry`; or give the release up.',
    }
  );
}

function causeOf({ cause, message }: ActivityFailure): string {
  if (cause instanceof TimeoutFailure) return `it did not end in time (${cause.message})`;
  return cause?.message ?? message;
}
