import type { Digest, Terms } from './release.js';
import type { Candidate, Ledger } from './state.js';
import { stepNumber, type StepId } from './steps.js';
import type { Evidence } from './verdict.js';

/** One part of the tests of a step, such as a mode, with every attempt on the same files. */
export interface TestPart {
  readonly step: StepId;
  /** As people call it: `mode openai`. */
  readonly name: string;
  /** Digest of the list of files that it ran against. */
  readonly files: Digest;
  readonly attempts: readonly TestAttempt[];
}

/** One attempt of a part. */
export interface TestAttempt {
  readonly at: string;
  readonly passed: boolean;
  /** What it showed where it passed, what was wrong where it did not. */
  readonly found: readonly Evidence[];
  /** Who had it run again, and why; undefined for the first. */
  readonly asked?: { readonly by: string; readonly reason: string };
}

/** Whether the last attempt of a part passed. */
export function hasPassed({ attempts }: TestPart): boolean {
  return attempts.at(-1)?.passed === true;
}

/** The parts of a step that failed in their last attempt. */
export function failedParts({ tests = [] }: Pick<Candidate, 'tests'>, step: StepId): TestPart[] {
  return tests.filter((part) => part.step === step && !hasPassed(part));
}

/** How often what failed in a step may still be run again on the same files; 0 where no test has failed there. */
export function rerunsLeft(terms: Terms, candidate: Candidate, step: StepId): number {
  const failed = failedParts(candidate, step);
  const done = Math.max(0, ...failed.map(({ attempts }) => attempts.length - 1));
  return failed.length === 0 ? 0 : Math.max(0, (terms.reruns ?? 0) - done);
}

/** What was run again for a candidate, one line for each part: nobody is to take it for a first pass. */
export function rerunLines({ tests = [] }: Pick<Candidate, 'tests'>, terms: Terms | undefined): string[] {
  const most = (terms?.reruns ?? 0) + 1;
  return tests
    .filter(({ attempts }) => attempts.length > 1)
    .map((part) => {
      const { step, name, attempts } = part;
      const how = hasPassed(part) ? 'passed' : 'failed';
      const why = attempts.flatMap(({ asked }) =>
        asked === undefined ? [] : `${asked.by}: ${asked.reason}`,
      );
      const which = `the ${ordinal(attempts.length)} of ${String(Math.max(most, attempts.length))} attempts`;
      return `${name} ${how} ${which} in step ${String(stepNumber(step))}, on the same files (${why.join('; ')})`;
    });
}

/** Why nothing can be run again now, as far as tests have failed and were run again as often as the settings allow. */
export function whyNoRerun({ terms, candidates }: Ledger): string | undefined {
  const part = candidates.at(-1)?.tests?.findLast((candidate) => !hasPassed(candidate));
  if (part === undefined || terms === undefined) return undefined;
  const times = part.attempts.length;
  return `${part.name} ran ${times === 1 ? 'once' : `${String(times)} times`} on the same files, and the settings allow no more`;
}

function ordinal(number: number): string {
  const ending = ['th', 'st', 'nd', 'rd'][number % 100 > 10 && number % 100 < 14 ? 0 : number % 10] ?? 'th';
  return `${String(number)}${ending}`;
}
