import type { Installation } from '../contract/activities.js';
import { digestOf } from '../contract/digest.js';
import { namesOf, type Decision } from '../contract/gates.js';
import { hasPassed, rerunLines, type TestAttempt, type TestPart } from '../contract/reruns.js';
import type { Candidate } from '../contract/state.js';
import type { StepId } from '../contract/steps.js';
import type { Verdict } from '../contract/verdict.js';
import { build } from './activities.js';
import type { Desk } from './desk.js';
import { candidateOf } from './quality.js';

/** Something that is judged beside modes and applications. */
interface Part {
  readonly name: string;
  readonly run: () => Promise<Verdict>;
}

/** Step 6 as one of the steps carries it out. */
interface Tests {
  readonly step: StepId;
  readonly installation: Installation;
  readonly beside?: readonly Part[];
  /** Who has what failed run again: what has passed on these files stays as it is. */
  readonly again?: Decision | undefined;
}

/** Step 6, wherever the files come from: the copied tests in every mode, and every application. */
export async function runAllTests(desk: Desk, tests: Tests): Promise<void> {
  const { installation, again, step } = tests;
  const candidate = candidateOf(desk);
  const files = digestOf(installation.manifest.files);
  const kept = (candidate.tests ?? []).filter((part) => part.step === step && part.files === files);
  const before = (name: string) =>
    again === undefined ? undefined : kept.find((part) => part.name === name);
  const parts = partsOf(desk, tests);
  const verdicts = await allOf(
    parts.map(async ({ name, run }) => {
      const known = before(name);
      return known !== undefined && hasPassed(known) ? passedBefore(known) : run();
    }),
  );
  const tried = parts.map(({ name }, index) =>
    attempted(before(name) ?? { step, name, files, attempts: [] }, verdicts[index], desk.now(), again),
  );
  // The ordinary course leaves no trace: there the step's own evidence says everything.
  const told = again === undefined && tried.every(hasPassed) ? [] : tried;
  remember(candidate, [...(candidate.tests ?? []).filter((part) => part.step !== step), ...told]);
  desk.note(...rerunLines({ tests: told }, desk.terms).map((what) => ({ what })));
  desk.acceptAll(verdicts);
}

function partsOf(desk: Desk, { installation, beside = [] }: Tests): readonly Part[] {
  const { modes, applications } = candidateOf(desk).config;
  return [
    ...beside,
    ...modes.map((mode) => ({
      name: `mode ${mode}`,
      run: () => build.runMode({ ...installation, mode }),
    })),
    ...applications.map((application) => ({
      name: `application ${application}`,
      run: () => build.runApplication({ ...installation, application }),
    })),
  ];
}

function remember(candidate: Candidate, tests: readonly TestPart[]): void {
  if (tests.length > 0) candidate.tests = tests;
  else delete candidate.tests;
}

function passedBefore({ attempts }: TestPart): Verdict {
  return { passed: true, evidence: attempts.at(-1)?.found ?? [] };
}

/** The part with what has come of it now; one that had passed was not tried again. */
function attempted(part: TestPart, verdict: Verdict | undefined, at: string, again?: Decision): TestPart {
  if (verdict === undefined || hasPassed(part)) return part;
  const attempt: TestAttempt = {
    at,
    passed: verdict.passed,
    found: verdict.passed
      ? verdict.evidence
      : verdict.findings.map(({ title, log }) => ({
          what: title,
          ...(log === undefined ? {} : { digest: log }),
        })),
    ...(again === undefined
      ? {}
      : { asked: { by: namesOf([again]), reason: again.reason ?? 'no reason given' } }),
  };
  return { ...part, attempts: [...part.attempts, attempt] };
}

/** Every verdict; an error is thrown only when nothing runs any more, so that a repeat does not run beside it. */
async function allOf(runs: readonly Promise<Verdict>[]): Promise<Verdict[]> {
  const settled = await Promise.allSettled(runs);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
