import { ApplicationFailure } from '@temporalio/common';

/**
 * The kinds of failure, told apart by an ApplicationFailure's `type`. An expected "no" is none of them: it is a verdict.
 * `operator`: a person has to mend something (401, unknown branch). `integrity`: bytes or refs are not what was agreed.
 * `refused`: the request cannot be carried out. Anything else is infrastructure and is retried.
 */
export type FailureKind = 'operator' | 'integrity' | 'refused';

/** The three lines of every failure message. */
export interface Trouble {
  /** What is true now, read back. */
  readonly now: string;
  /** What is not. */
  readonly not: string;
  /** The next command or act. */
  readonly next: string;
}

/** A failure that is not retried and says what is true, what is not, and what to do. */
export function failure(kind: FailureKind, trouble: Trouble): ApplicationFailure {
  return ApplicationFailure.create({
    type: kind,
    nonRetryable: true,
    message: [trouble.now, trouble.not, trouble.next].join('\n'),
    details: [trouble],
  });
}

/** Something is not there yet; the engine's retry at a fixed interval asks again without adding history. */
export function notYet(what: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'not-yet', nonRetryable: false, message: what });
}
