import { mkdir } from 'node:fs/promises';

import { z } from 'zod';

import type { Digest } from '../../contract/release.js';
import { finding, type Finding } from '../../contract/verdict.js';
import type { PythonEnvironment } from './environment.js';
import type { Command, RunResult } from './run.js';
import { redact } from './redact.js';
import { pytestPluginFolder, runScript } from './scripts.js';
import { runKept, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

const longestSeconds = 3600;
const shownFailures = 20;

/** A run of tests that is to be judged. */
export interface TestOrder {
  /** What is run, as people call it: "suite current", "mode openai". */
  readonly what: string;
  readonly command: Command;
  readonly cwd: string;
  readonly environment: PythonEnvironment;
  /** What the tests see beside the environment's own variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly importName: string;
  /** The folder that the package must have been imported from. */
  readonly importedFrom: string;
  /** Values that must not be kept or shown. */
  readonly hide: readonly string[];
}

const reportShape = z.object({
  files: z.number(),
  broken: z.array(z.string()),
  tests: z.number(),
  passed: z.number(),
  skipped: z.number(),
  failed: z.array(z.object({ name: z.string(), message: z.string() })),
  moreFailed: z.number(),
  markers: z.record(z.string(), z.number()),
  imported: z.array(z.string()),
});

/** What the JUnit files of a run say together. */
export type TestReport = z.output<typeof reportShape>;

/** What came of a run of tests: no findings means that tests ran and none failed. */
export interface TestRun {
  readonly findings: readonly Finding[];
  readonly report: TestReport;
  readonly log: Digest;
}

/**
 * Runs tests and judges them by their JUnit files and never by the exit code alone. pytest leaves its files by a
 * plugin; another runner leaves files in the folder `$SLIPWAY_REPORT`, or a line such as `Ran 12 tests`.
 */
export async function runTests(bench: Workbench, place: Workplace, order: TestOrder): Promise<TestRun> {
  const folder = place.at('reports', order.what.replaceAll(/\W+/g, '-'));
  await mkdir(folder, { recursive: true });
  const result = await runKept(bench, order.command, {
    cwd: order.cwd,
    env: { ...order.environment.env, ...order.variables, ...reporting(folder, order) },
    timeoutSeconds: longestSeconds,
    hide: order.hide,
  });
  const fromFiles = await runScript(bench, 'read_junit.py', [folder], reportShape);
  const report = fromFiles.files === 0 ? counted(result, fromFiles) : fromFiles;
  return { findings: judge(place, order, result, report), report, log: result.log };
}

function reporting(folder: string, { variables, importName }: TestOrder): Record<string, string> {
  const join = (separator: string, ...parts: readonly (string | undefined)[]) =>
    parts.filter((part) => part !== undefined && part !== '').join(separator);
  return {
    SLIPWAY_REPORT: folder,
    SLIPWAY_IMPORT: importName,
    PYTEST_ADDOPTS: join(' ', variables.PYTEST_ADDOPTS, '-p slipway_report'),
    PYTHONPATH: join(':', variables.PYTHONPATH, pytestPluginFolder),
  };
}

/** What a runner without JUnit files said of itself, in unittest's words. */
function counted({ output, exitCode }: RunResult, none: TestReport): TestReport {
  const sum = (pattern: RegExp) => [...output.matchAll(pattern)].reduce((all, [, count]) => all + Number(count), 0);
  const tests = sum(/^Ran (\d+) tests?\b/gm);
  const skipped = sum(/\bskipped=(\d+)/g);
  return exitCode === 0 ? { ...none, tests, skipped, passed: Math.max(0, tests - skipped) } : { ...none, tests };
}

function judge(place: Workplace, order: TestOrder, result: RunResult & { log: Digest }, report: TestReport): Finding[] {
  const tail = place.plain(result.output.trimEnd());
  const problem = (title: string) => [finding(`${order.what}: ${title}`, tail, result.log)];
  if (result.timedOut) return problem('the tests did not end within an hour');
  const failures = failureFindings(place, order, result, report);
  if (failures.length > 0) return failures;
  const code = result.exitCode === undefined ? 'a signal' : `exit code ${String(result.exitCode)}`;
  if (report.broken.length > 0 || (report.files === 0 && report.tests === 0 && result.exitCode !== 5))
    return problem(`the test runner died before its summary (${code})`);
  if (report.tests === 0) return problem('no test was run');
  if (result.exitCode !== 0) return problem(`the test runner ended with ${code} although no test failed`);
  if (report.passed === 0) return problem(`all ${String(report.tests)} tests were skipped`);
  const elsewhere = report.imported.filter((file) => !file.startsWith(`${order.importedFrom}/`));
  return elsewhere.length === 0 ? [] : problem(`${order.importName} was imported from ${place.plain(elsewhere.join(' and '))}`);
}

function failureFindings(
  place: Workplace,
  order: TestOrder,
  result: RunResult & { log: Digest },
  { failed, moreFailed }: TestReport,
): Finding[] {
  const shown = failed.slice(0, shownFailures);
  const more = failed.length - shown.length + moreFailed;
  return [
    ...shown.map(({ name, message }) =>
      finding(`${order.what}: ${name} failed`, place.plain(redact(message, order.hide)), result.log),
    ),
    ...(more === 0 ? [] : [finding(`${order.what}: ${String(more)} more tests failed`, undefined, result.log)]),
  ];
}

/** Tests passed, in words. */
export function inWords({ passed, skipped }: TestReport): string {
  const tests = `${String(passed)} ${passed === 1 ? 'test' : 'tests'} passed`;
  return skipped === 0 ? tests : `${tests}, ${String(skipped)} skipped`;
}

/** A configured command as one that can be run. */
export function commandOf(words: readonly string[]): Command {
  const [program = 'pytest', ...args] = words;
  return [program, ...args];
}
