import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { z } from 'zod';

import type { Digest } from '../../contract/release.js';
import type { Fact } from '../../contract/facts.js';
import { finding, type Finding } from '../../contract/verdict.js';
import type { PythonEnvironment } from './environment.js';
import type { Command, RunResult } from './run.js';
import { failureFindings } from './failed-tests.js';
import { runScript, scriptPath } from './scripts.js';
import { count, lastWords } from './wording.js';
import { runKept, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

const longestSeconds = 3600;

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
  const { folder: environment } = order.environment;
  const folder = place.at('reports', path.basename(environment), order.what.replaceAll(/\W+/g, '-'));
  await mkdir(folder, { recursive: true });
  await copyFile(scriptPath('slipway_report.py'), path.join(folder, 'slipway_report.py'));
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
    // Findings are read by people, and a rule as wide as the terminal is not one.
    COLUMNS: '100',
    SLIPWAY_REPORT: folder,
    SLIPWAY_IMPORT: importName,
    PYTEST_ADDOPTS: join(' ', variables.PYTEST_ADDOPTS, '-p slipway_report'),
    PYTHONPATH: join(':', variables.PYTHONPATH, folder),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** What a runner without JUnit files said of itself, in unittest's words. */
function counted(result: RunResult, none: TestReport): TestReport {
  const { exitCode } = result;
  const output = stripVTControlCharacters(result.output);
  const counts = [...output.matchAll(/^Ran (\d+) tests?\b/gm)].map(([, count]) => Number(count));
  const skips = [...output.matchAll(/\bskipped=(\d+)/g)].map(([, count]) => Number(count));
  const [tests, skipped] = [sum(counts), sum(skips)];
  const passed = exitCode === 0 ? Math.max(0, tests - skipped) : 0;
  return { ...none, files: counts.length, tests, skipped, passed };
}

function judge(
  place: Workplace,
  order: TestOrder,
  result: RunResult & { log: Digest },
  report: TestReport,
): Finding[] {
  const failures = failureFindings(place, order, result, report);
  const trouble = troubleOf(order, result, report);
  if (failures.length > 0 || trouble === undefined) return failures;
  return [
    finding(`${order.what}: ${place.plain(trouble)}`, place.plain(result.output.trimEnd()), result.log),
  ];
}

/** What is wrong with a run in which no test failed. */
function troubleOf(
  order: TestOrder,
  { exitCode, timedOut, output }: RunResult,
  report: TestReport,
): string | undefined {
  const code = exitCode === undefined ? 'a signal' : `exit code ${String(exitCode)}`;
  const elsewhere = report.imported.filter((file) => !file.startsWith(`${order.importedFrom}/`));
  const troubles: readonly (readonly [boolean, string])[] = [
    [timedOut, 'the tests did not end within an hour'],
    [
      report.broken.length > 0 || report.files === 0,
      `the test runner died before its summary (${code}): ${lastWords(output)}`,
    ],
    [report.tests === 0, 'no test was run'],
    [exitCode !== 0, `the test runner ended with ${code}`],
    [report.passed === 0, 'every test was skipped'],
    [elsewhere.length > 0, `${order.importName} was imported from ${elsewhere.join(' and ')}`],
  ];
  return troubles.find(([applies]) => applies)?.[1];
}

/** Tests passed, in words. */
export function inWords({ passed, skipped }: TestReport): string {
  return `${count(passed, 'test')} passed${skipped === 0 ? '' : `, ${String(skipped)} skipped`}`;
}

/** Tests passed, in numbers. */
export function inNumbers(
  { passed, skipped }: TestReport,
  of: Pick<Extract<Fact, { kind: 'tests' }>, 'of' | 'name' | 'version'>,
): Fact {
  return { kind: 'tests', ...of, passedTests: passed, skippedTests: skipped };
}

/** A configured command as one that can be run: through `env`, so that a program that is not there is an exit code. */
export function commandOf(words: readonly string[]): Command {
  return ['env', '--', ...words];
}
