import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { PythonEnvironment } from './environment.js';
import { run, type Command } from './run.js';
import { scriptPath } from './scripts.js';
import type { Workplace } from './workplace.js';

const omitted = '*/__init__.py';

const summaryShape = z.object({
  files: z.record(
    z.string(),
    z.object({
      missing_lines: z.array(z.number()),
      excluded_lines: z.array(z.number()),
      summary: z.object({
        num_statements: z.number(),
        num_branches: z.number().default(0),
        missing_branches: z.number().default(0),
      }),
    }),
  ),
});

/** What was measured of one file. */
export interface FileCoverage {
  /** From the top of the repository. */
  readonly path: string;
  /** How many lines count. */
  readonly lines: number;
  readonly missing: readonly MissingLine[];
  /** Shown beside the lines; the lines alone decide. */
  readonly branches: number;
  readonly missingBranches: number;
  /** Lines that the package's own configuration excludes. */
  readonly excluded: number;
}

/** A line that no test has run. */
export interface MissingLine {
  readonly number: number;
  /** As it stands in the source. */
  readonly text: string;
}

/** What was measured together, and the data file that holds it; none where nothing left data. */
export interface Measurement {
  readonly files: readonly FileCoverage[];
  readonly data?: string;
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
    '--branch',
    // coverage.py takes folders as sources, and of a module its file.
    source.endsWith('.py') ? `--include=${source}` : `--source=${source}`,
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
): Promise<Measurement> {
  const lists = folders.map(async (folder) => (await readdir(folder)).map((file) => path.join(folder, file)));
  const data = (await Promise.all(lists)).flat();
  const [first, ...others] = data;
  if (first === undefined) return { files: [] };
  await mkdir(place.at('combined'), { recursive: true });
  const coverage = (...args: string[]) =>
    runPython(place, environment, checkout, ['-m', 'coverage', ...args]);
  const combined = others.length === 0 ? first : place.at('combined', name);
  if (others.length > 0) await coverage('combine', '--keep', `--data-file=${combined}`, ...data);
  // Not beside the data as `<data>.…`: coverage.py would take it for more data.
  const out = place.at('combined', `json-${name}`);
  if (!(await coverage('json', `--data-file=${combined}`, '-o', out, ...reportOn(source))))
    return { files: [] };
  const { files } = summaryShape.parse(JSON.parse(await readFile(out, 'utf8')));
  const each = Object.entries(files).map(([file, entry]) =>
    fileCoverage(path.resolve(checkout, file), checkout, entry),
  );
  return { files: await Promise.all(each), data: combined };
}

/** Makes coverage.py's pages of what a data file holds, and returns them as one zip file. */
export async function htmlReport(
  place: Workplace,
  environment: PythonEnvironment,
  { data, checkout, source }: Readonly<{ data: string; checkout: string; source: string }>,
): Promise<Buffer> {
  const [folder, zip] = [place.at('coverage-html'), place.at('coverage-html.zip')];
  const pages = ['html', `--data-file=${data}`, '-d', folder, ...reportOn(source)];
  await runPython(place, environment, checkout, ['-m', 'coverage', ...pages]);
  await runPython(place, environment, place.folder, ['-I', '-m', 'zipfile', '-c', zip, folder]);
  return readFile(zip);
}

/** What a data file holds as the XML that coverage services read, with files named from the top of the checkout. */
export async function xmlReport(
  place: Workplace,
  environment: PythonEnvironment,
  { data, checkout, source }: Readonly<{ data: string; checkout: string; source: string }>,
): Promise<string> {
  // Not beside the data as `<data>.…`: coverage.py would take it for more data.
  const out = place.at('combined', `xml-${path.basename(path.dirname(data))}-${path.basename(data)}`);
  const script = scriptPath('write_coverage_xml.py');
  await runPython(place, environment, checkout, [script, data, patternOf(source), omitted, out]);
  return readFile(out, 'utf8');
}

function reportOn(source: string): string[] {
  return [`--include=${patternOf(source)}`, `--omit=${omitted}`, '--fail-under=0'];
}

function patternOf(source: string): string {
  return source.endsWith('.py') ? source : `${source}/*`;
}

/** Returns whether there was anything to report. */
async function runPython(
  place: Workplace,
  environment: PythonEnvironment,
  cwd: string,
  args: readonly string[],
): Promise<boolean> {
  const command = [environment.python, ...args] as const;
  const result = await run(command, { cwd, env: environment.env, timeoutSeconds: 300 });
  if (result.exitCode === 0) return true;
  if (/^No data to report\.$/m.test(result.output)) return false;
  const names = args.slice(0, 3).map((arg) => path.basename(arg));
  throw new Error(`${names.join(' ')} failed: ${place.plain(result.output.trim()).slice(-1000)}`);
}

async function fileCoverage(
  file: string,
  checkout: string,
  { missing_lines, excluded_lines, summary }: z.output<typeof summaryShape>['files'][string],
): Promise<FileCoverage> {
  const source = missing_lines.length === 0 ? [] : (await readFile(file, 'utf8')).split('\n');
  return {
    path: path.relative(checkout, file),
    lines: summary.num_statements,
    missing: missing_lines.map((number) => ({ number, text: source[number - 1]?.trimEnd() ?? '' })),
    branches: summary.num_branches,
    missingBranches: summary.missing_branches,
    excluded: excluded_lines.length,
  };
}
