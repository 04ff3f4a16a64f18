import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { Context } from '@temporalio/activity';

const limits = new AsyncLocalStorage<AbortSignal>();

/** The cancellation of what runs here: that of its time limit, or of the running activity; undefined outside of both. */
export function currentCancellation(): AbortSignal | undefined {
  return limits.getStore() ?? currentActivity()?.cancellationSignal;
}

/** Does something for so many milliseconds at most, or until a signal; then it is cancelled and waited for no longer. */
export async function limited<T>(
  milliseconds: number,
  body: () => Promise<T>,
  until?: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  // Signals of a timeout that only others look at are thrown away in this version of Node before they fire.
  const timer = setTimeout(() => {
    over.abort(new DOMException('it took too long', 'TimeoutError'));
  }, milliseconds);
  const outer = [currentCancellation(), until].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any([over.signal, ...outer]);
  try {
    signal.throwIfAborted();
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      limits.run(signal, body).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Does something that a signal ends as well as the cancellation that there is; its end is waited for. */
export function endedBy<T>(signal: AbortSignal, body: () => Promise<T>): Promise<T> {
  const outer = currentCancellation();
  return limits.run(outer === undefined ? signal : AbortSignal.any([signal, outer]), body);
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
