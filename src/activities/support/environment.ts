import path from 'node:path';
import { readFile, rm } from 'node:fs/promises';

import { z } from 'zod';

import type { IndexAddress } from '../../contract/release.js';
import { finding, type Finding } from '../../contract/verdict.js';
import { uvIndex, type Network } from './network.js';
import { readProject } from './project-page.js';
import type { Python } from './pythons.js';
import { resolverReason } from './resolver.js';
import { scriptPath } from './scripts.js';
import { run, type RunResult } from './run.js';
import { runKept, tool, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

const installSeconds = 1800;

/** A virtual environment, and the variables of a program that runs in it. */
export interface PythonEnvironment {
  readonly folder: string;
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What is installed beside the package, and from where. */
export interface Wanted {
  /** Arguments of `pip install`, such as requirements. */
  readonly args: readonly string[];
  readonly index: IndexAddress;
  readonly cwd: string;
  /** A constraints file. */
  readonly constraints?: string | undefined;
  /** Variables for the builds of what is installed from sources. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Makes a virtual environment of a Python, without pip. */
export async function makeEnvironment(
  bench: Workbench,
  place: Workplace,
  folder: string,
  { program }: Pick<Python, 'program'>,
): Promise<PythonEnvironment> {
  const command = [tool(bench, 'uv'), 'venv', '--no-project', '--python', program, folder] as const;
  const made = await run(command, { cwd: place.folder, env: place.env, timeoutSeconds: 120 });
  if (made.exitCode !== 0)
    throw new Error(`no virtual environment could be made: ${made.output.trim().slice(-500)}`);
  const bin = path.join(folder, 'bin');
  const { PATH: search = '' } = place.env;
  return {
    folder,
    python: path.join(bin, 'python'),
    // Bytecode is written here: the environment is thrown away, and each program in it starts faster than the last.
    env: { ...place.env, PYTHONDONTWRITEBYTECODE: '', VIRTUAL_ENV: folder, PATH: `${bin}:${search}` },
  };
}

/** Installs with uv from one index; that it cannot be done is a finding, unless the index cannot be read. */
export async function install(
  bench: Workbench,
  place: Workplace,
  environment: PythonEnvironment,
  { args, index, cwd, constraints, variables }: Wanted,
): Promise<Finding | undefined> {
  const limits = constraints === undefined ? [] : ['--constraints', constraints];
  const result = await runKept(
    bench,
    // Clones and not links, so that nothing that runs here can change uv's cache.
    [
      tool(bench, 'uv'),
      'pip',
      'install',
      '--python',
      environment.python,
      '--link-mode',
      'clone',
      ...limits,
      ...args,
    ],
    { cwd, env: { ...place.env, ...uvIndex(bench, index), ...variables }, timeoutSeconds: installSeconds },
  );
  if (result.exitCode === 0) return undefined;
  return installFinding(bench, place, index, result);
}

/** The finding of an installation that failed, once the index has shown that it answers. */
export async function installFinding(
  network: Network,
  place: Workplace,
  index: IndexAddress,
  result: RunResult & { log: string },
): Promise<Finding> {
  await readProject(network, index, 'pip');
  const output = place.plain(result.output.trim());
  const reason = resolverReason(output);
  const what = result.timedOut ? 'did not end within 30 minutes' : 'failed';
  const title = `An installation from ${index.name} ${what}${reason === undefined ? '' : `: ${reason}`}`;
  return finding(title, output, result.log);
}

const descriptionShape = z.object({
  distributions: z.record(z.string(), z.string()),
  version: z.string().optional(),
  moduleVersion: z.string().optional(),
  place: z.string().optional(),
  importError: z.string().optional(),
});

/** What an environment holds of a distribution and of its import package. */
export type EnvironmentDescription = z.output<typeof descriptionShape>;

/** Asks the environment's own Python what it holds, from a folder that holds no code. */
export async function describeEnvironment(
  place: Workplace,
  environment: PythonEnvironment,
  subject: { readonly package: string; readonly importName: string },
): Promise<EnvironmentDescription> {
  const out = place.at('home', 'described.json');
  await rm(out, { force: true });
  const command = [environment.python, '-I', scriptPath('describe_environment.py')] as const;
  const result = await run([...command, out, subject.package, subject.importName], {
    cwd: place.at('home'),
    env: environment.env,
    timeoutSeconds: 300,
  });
  const text = await readFile(out, 'utf8').catch(() => undefined);
  if (result.exitCode === 0 && text !== undefined) return descriptionShape.parse(JSON.parse(text));
  const importError = `Python ended while it imported it: ${place.plain(result.output.trim()).slice(-500)}`;
  return { distributions: {}, importError };
}
