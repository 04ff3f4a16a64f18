import { ApplicationFailure } from '@temporalio/common';

import { troubleLines, type Trouble } from './trouble.js';

/**
 * The kinds of failure, told apart by an ApplicationFailure's `type`. An expected "no" is none of them: it is a verdict.
 * `operator`: a person has to mend something (401, unknown branch). `integrity`: bytes or refs are not what was agreed.
 * `refused`: the request cannot be carried out; `malformed`: it is none. `index`: a package index does not serve this release, because it is out of
 * order or the name belongs to somebody else there. Anything else is infrastructure and is retried.
 */
export type FailureKind = 'operator' | 'integrity' | 'refused' | 'malformed' | 'index';

/** A failure that is not retried and says what is true, what is not, and what to do. */
export function failure(kind: FailureKind, trouble: Trouble): ApplicationFailure {
  return ApplicationFailure.create({
    type: kind,
    nonRetryable: true,
    message: troubleLines(trouble).join('\n'),
    details: [trouble],
  });
}

/** An index that is out of order: the engine tries again, and when its retries are spent this is told. */
export function outOfOrder(trouble: Trouble): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'index' satisfies FailureKind,
    nonRetryable: false,
    message: troubleLines(trouble).join('\n'),
    details: [trouble],
  });
}

/** The three lines of a failure, if it has them. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof ApplicationFailure)) return undefined;
  const told = error.details?.[0] as Partial<Trouble> | undefined;
  if (told?.now === undefined || told.not === undefined || told.next === undefined) return undefined;
  return { now: told.now, not: told.not, next: told.next };
}

/** Trouble as the reason why a release is refused: nothing waits for a `retry` there, the next command is a new start. */
export function refusalFor({ now, not, next }: Trouble): string {
  return `${now} ${not} ${next.replaceAll('send `retry`', 'start again')}`;
}

/** Something is not there yet; the engine's retry asks again, after that many seconds if given, without adding history. */
export function notYet(what: string, seconds?: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'not-yet',
    nonRetryable: false,
    message: what,
    ...(seconds === undefined ? {} : { nextRetryDelay: `${seconds}s` }),
  });
}
