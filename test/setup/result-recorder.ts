import { appendFileSync } from 'node:fs';

import type { Reporter, TestCase, TestResult } from 'vitest/node';

/** Writes each test down as it ends, a line of JSON each; without a file it does nothing. */
export class ResultRecorder implements Reporter {
  constructor(readonly file: string | undefined) {}

  onTestCaseResult(test: TestCase): void {
    const { state, ...said } = sayingOf(test.result());
    // A test that the name's pattern leaves out is skipped without a note, and there is nothing to say of it.
    if (this.file === undefined || (state === 'skipped' && said.note === undefined)) return;
    const line = {
      file: test.module.relativeModuleId,
      title: test.fullName,
      state,
      seconds: Math.round(test.diagnostic()?.duration ?? 0) / 1000,
      said: test.annotations().map(({ message }) => message),
      ...said,
    };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}

function sayingOf(result: TestResult): {
  state: string;
  note?: string | undefined;
  error?: string | undefined;
} {
  const { state } = result;
  if (state === 'skipped') return { state, note: result.note };
  if (state !== 'failed') return { state };
  const [error] = result.errors;
  return { state, error: [error?.message, error?.diff].filter((text) => text !== undefined).join('\n') };
}
