import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { PythonEnvironment } from './environment.js';
import { run, type Command } from './run.js';
import type { Workplace } from './workplace.js';

const omitted = '*/__init__.py';

const summaryShape = z.object({
  files: z.record(
    z.string(),
    z.object({
      missing_lines: z.array(z.number()),
      excluded_lines: z.array(z.number()),
      missing_branches: z.array(z.tuple([z.number(), z.number()])).default([]),
      summary: z.object({ num_statements: z.number(), num_branches: z.number().default(0) }),
    }),
  ),
});

/** What was measured of one file. */
export interface FileCoverage {
  /** From the top of the repository. */
  readonly path: string;
  /** Lines, and branches where the package asks for them. */
  readonly measured: number;
  readonly missingLines: readonly number[];
  readonly missingBranches: readonly (readonly [from: number, to: number])[];
  /** Lines that the package's own configuration excludes. */
  readonly excluded: number;
}

/** One suite's own measurement: its data stands in a folder of its own. */
export function dataFolder(place: Workplace, suite: string): string {
  return place.at('coverage', suite);
}

/** A suite's command under coverage, measured in the checkout's source folder. */
export function coverageCommand(python: string, source: string, command: readonly string[]): Command {
  return [
    python,
    '-m',
    'coverage',
    'run',
    `--source=${source}`,
    `--omit=${omitted}`,
    ...underCoverage(command),
  ];
}

/** `pytest …`, `python …`, `coverage run …`, a script, or a module's name. */
function underCoverage(command: readonly string[]): string[] {
  const [program = 'pytest', ...rest] = command;
  if (program === 'coverage' && rest[0] === 'run') return rest.slice(1);
  if (/^python[\d.]*$/.test(program) || program.endsWith('.py'))
    return program.endsWith('.py') ? [...command] : rest;
  return ['-m', program, ...rest];
}

/** Reads what suites measured together; `folders` hold their data files, which stay as they are. */
export async function readCoverage(
  place: Workplace,
  environment: PythonEnvironment,
  {
    name,
    folders,
    checkout,
    source,
  }: Readonly<{ name: string; folders: readonly string[]; checkout: string; source: string }>,
): Promise<FileCoverage[]> {
  const lists = folders.map(async (folder) => (await readdir(folder)).map((file) => path.join(folder, file)));
  const data = (await Promise.all(lists)).flat();
  const [first, ...others] = data;
  if (first === undefined) return [];
  await mkdir(place.at('combined'), { recursive: true });
  const coverage = async (...args: string[]) => {
    const command = [environment.python, '-m', 'coverage', ...args] as const;
    const result = await run(command, { cwd: checkout, env: environment.env, timeoutSeconds: 300 });
    if (result.exitCode !== 0)
      throw new Error(`coverage failed: ${place.plain(result.output.trim()).slice(-1000)}`);
  };
  const combined = others.length === 0 ? first : place.at('combined', name);
  if (others.length > 0) await coverage('combine', '--keep', `--data-file=${combined}`, ...data);
  const out = place.at('combined', `${name}.json`);
  const which = [`--include=${source}/*`, `--omit=${omitted}`, '--fail-under=0'];
  await coverage('json', `--data-file=${combined}`, '-o', out, ...which);
  return filesOf(summaryShape.parse(JSON.parse(await readFile(out, 'utf8'))), checkout);
}

function filesOf({ files }: z.output<typeof summaryShape>, checkout: string): FileCoverage[] {
  return Object.entries(files).map(([file, entry]) => ({
    path: path.relative(checkout, path.resolve(checkout, file)),
    measured: entry.summary.num_statements + entry.summary.num_branches,
    missingLines: entry.missing_lines,
    missingBranches: entry.missing_branches,
    excluded: entry.excluded_lines.length,
  }));
}
