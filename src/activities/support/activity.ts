import type { Logger } from 'pino';

import { currentActivity } from './cancellation.js';
import { beginAttempt } from './engine-clock.js';
import { beat } from './memory.js';

const heartbeatMilliseconds = 2000;

/** Activities as a worker registers them. */
type Activities<T> = {
  [K in keyof T]: T[K] extends (input: infer I) => Promise<infer R> ? (input: I) => Promise<R> : never;
};

/** What an activity runs in. */
export type Within = <R>(body: () => Promise<R>) => Promise<R>;

/**
 * The same activities, each with a heartbeat while it runs, whatever it prints, and a line in the log when it ends; `within`
 * is what each of them runs in.
 */
export function instrumented<T extends Activities<T>>(
  activities: T,
  log: Pick<Logger, 'info' | 'warn'>,
  within: Within = (body) => body(),
): T {
  const entries = Object.entries<(input: unknown) => Promise<unknown>>(activities).map(([name, activity]) => [
    name,
    (input: unknown) => observed(name, log, () => within(() => activity(input))),
  ]);
  return Object.fromEntries(entries) as T;
}

async function observed(
  name: string,
  log: Pick<Logger, 'info' | 'warn'>,
  body: () => Promise<unknown>,
): Promise<unknown> {
  const context = currentActivity();
  if (context !== undefined) beginAttempt(context);
  const started = performance.now();
  const ticker = setInterval(() => {
    if (context !== undefined) beat(context);
  }, heartbeatMilliseconds);
  const facts = () => ({
    activity: name,
    workflowId: context?.info.workflowExecution?.workflowId,
    attempt: context?.info.attempt,
    seconds: Math.round(performance.now() - started) / 1000,
  });
  try {
    const result = await body();
    log.info({ ...facts(), passed: verdictOf(result) }, `${name} ended`);
    return result;
  } catch (error) {
    log.warn({ ...facts(), err: error }, `${name} failed`);
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

function verdictOf(result: unknown): boolean | undefined {
  return typeof result === 'object' && result !== null && 'passed' in result
    ? result.passed === true
    : undefined;
}
