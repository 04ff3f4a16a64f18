import { homedir } from 'node:os';
import path from 'node:path';

import type { PackageConfig } from '../../config/package-config.js';
import { suits } from '../../config/python-versions.js';
import { failure } from '../../contract/failures.js';
import { run } from './run.js';
import { readTools } from './scripts.js';
import { tool, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

const downloadSeconds = 900;

/** A Python that a package is tried on. */
export interface Python {
  /** The path of its program. */
  readonly program: string;
  /** What verdicts call it, such as `Python 3.12`; undefined where it is the only one and nobody chose it. */
  readonly name: string | undefined;
}

/** The Pythons that a package is tried on, oldest first; that one is missing is a failure that names it. */
export async function findPythons(
  bench: Workbench,
  place: Workplace,
  config: PackageConfig,
): Promise<Python[]> {
  const looked = await lookForPythons(bench, place, config);
  const missing = looked.flatMap((found) => ('problem' in found ? [found.problem] : []));
  if (missing.length > 0)
    throw failure('operator', {
      now: `${config.name} is to be tried on Python ${config.pythons.join(' and ')}.`,
      not: missing.join(' '),
      next: 'Mend that and send `retry`; or change pythons in pyproject.toml, push it and send `fix`.',
    });
  return looked.flatMap((found) => ('program' in found ? [found] : []));
}

/** What keeps a package from being tried on its Pythons, one sentence with its remedy for each. */
export async function pythonProblems(
  bench: Workbench,
  place: Workplace,
  config: PackageConfig,
): Promise<string[]> {
  const looked = await lookForPythons(bench, place, config);
  const { python } = await readTools(bench);
  const { pythons, requiresPython = '' } = config;
  return [
    ...looked.flatMap((found) => ('problem' in found ? [found.problem] : [])),
    ...(pythons.length > 0 || suits(python, requiresPython)
      ? []
      : [
          `${config.name} requires Python ${requiresPython}, and the service's own is ${python}: name one as pythons under [tool.slipway].`,
        ]),
  ];
}

async function lookForPythons(
  bench: Workbench,
  place: Workplace,
  { pythons }: PackageConfig,
): Promise<(Python | { readonly problem: string })[]> {
  if (pythons.length === 0) return [{ program: tool(bench, 'python'), name: undefined }];
  return Promise.all(
    pythons.map(async (version) => {
      const found = await locate(bench, place, version);
      if ('refused' in found) return { problem: missing(version, found.refused) };
      return { program: found.program, name: pythons.length === 1 ? undefined : `Python ${version}` };
    }),
  );
}

/** `refused` is what came of a download, where one is allowed. */
function missing(version: string, refused: string | undefined): string {
  const program = `python${version.split('.', 2).join('.')}`;
  const remedies = `put ${program} on the worker's PATH, or run \`uv python install ${version}\` as its user`;
  return refused === undefined
    ? `Python ${version} is missing: ${remedies}, or set python-downloads = true in slipway.toml.`
    : `Python ${version} is missing and could not be downloaded (${refused}): ${remedies}.`;
}

/** Asks uv, which knows its own Pythons and those on PATH. */
async function locate(
  bench: Workbench,
  place: Workplace,
  version: string,
): Promise<{ program: string } | { refused: string | undefined }> {
  const uv = async (args: readonly string[], downloads: 'manual' | 'never', timeoutSeconds: number) =>
    run([tool(bench, 'uv'), 'python', ...args, version], {
      cwd: place.folder,
      env: { ...place.env, UV_PYTHON_INSTALL_DIR: managedFolder(), UV_PYTHON_DOWNLOADS: downloads },
      timeoutSeconds,
    });
  const find = () => uv(['find', '--system', '--no-project'], 'never', 120);
  const found = await find();
  if (found.exitCode === 0) return { program: found.stdout.trim() };
  if (!bench.settings.pythonDownloads) return { refused: undefined };
  const installed = await uv(['install', '--no-bin'], 'manual', downloadSeconds);
  const now = await find();
  if (now.exitCode === 0) return { program: now.stdout.trim() };
  const lines = place.plain(installed.output.trim()).split('\n');
  return { refused: lines.at(-1)?.trim() };
}

/** Where uv keeps the Pythons of the worker's user, whose home its tools do not see. */
function managedFolder(): string {
  const { UV_PYTHON_INSTALL_DIR: chosen, XDG_DATA_HOME: data } = process.env;
  return chosen ?? path.join(data ?? path.join(homedir(), '.local', 'share'), 'uv', 'python');
}
