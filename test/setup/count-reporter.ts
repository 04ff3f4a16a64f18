import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Ends a test run's output with one plain line, `N passed, N failed, N skipped`, after the skipped tests with their
 * reasons and the failed ones with the first line of each error. A test that is skipped without a reason fails the run.
 */
export class CountReporter implements Reporter {
  #isFiltered = false;
  #lines: string[] = [];

  onInit(vitest: Vitest): void {
    this.#isFiltered = vitest.config.testNamePattern !== undefined;
    process.once('exit', () => {
      process.stdout.write(this.#lines.map((line) => `${line}\n`).join(''));
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const skipped = inState('skipped');
    const brokenModules = modules.filter((module) => module.errors().length > 0);
    const failed = [
      ...inState('failed').map(
        (test) => `${test.module.relativeModuleId}: ${test.fullName}: ${because(test.result().errors)}`,
      ),
      ...brokenModules.map((module) => `${module.relativeModuleId}: ${because(module.errors())}`),
      ...unhandledErrors.map((error) => `outside of any test: ${because([error])}`),
    ];

    this.#lines = this.#isFiltered
      ? []
      : skipped.map((test) => `skipped: ${test.fullName}: ${reasonOf(test)}`);
    this.#lines.push(...failed.map((line) => `failed: ${line}`));
    this.#lines.push(
      `${inState('passed').length} passed, ${failed.length} failed, ${skipped.length} skipped`,
    );
    if (!this.#isFiltered && skipped.some((test) => noteOf(test) === undefined)) process.exitCode = 1;
  }
}

function because(errors: readonly SerializedError[] = []): string {
  return errors[0]?.message.split('\n')[0] ?? 'no error';
}

function reasonOf(test: TestCase): string {
  return noteOf(test) ?? 'NO REASON GIVEN; say it with context.skip(condition, reason)';
}

function noteOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}
