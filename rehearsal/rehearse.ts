import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { parse } from 'smol-toml';
import { z } from 'zod';

import { ConfigurationError } from '../src/config/problems.js';
import { run, WrongCommandLine } from '../src/config/program.js';
import { parseDuration } from '../src/contract/duration.js';
import { normaliseName, versionProblem } from '../src/contract/version.js';
import { evidenceFolder, perform } from './performance.js';
import { copiedRemote, type Remote } from './world/repository.js';

const usage = `slipway rehearse <git repository> <version> [--branch <branch>] [--watch 10s]
                 [--interactive] [--keep] [--json] [--evidence <folder>]

Runs the whole procedure for any package on local stand-ins, without
credentials, and writes nothing outside: the repository is copied first.
The release branch is --branch, or is made from the default branch. The
evidence of the release goes to --evidence, or to the user's cache folder.`;

interface Wanted {
  readonly branch: string | undefined;
  readonly watch: string;
  readonly interactive: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  readonly evidence: string | undefined;
}

const pyprojectShape = z.object({
  project: z.object({ name: z.string() }),
  tool: z
    .object({ slipway: z.object({ modes: wanting(), applications: wanting() }).partial().optional() })
    .optional(),
});

function wanting() {
  return z.record(z.string(), z.object({ secrets: z.array(z.string()).optional() }));
}

await run({
  usage,
  config: {
    allowPositionals: true,
    options: {
      branch: { type: 'string' },
      watch: { type: 'string', default: '10s' },
      interactive: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      evidence: { type: 'string' },
    },
  },
  not: 'Nothing was rehearsed.',
  async main({ values, positionals: [source, version] }) {
    if (source === undefined || version === undefined)
      throw new WrongCommandLine(
        'The repository or the version is missing',
        'name both (`slipway rehearse --help`)',
      );
    const { branch, evidence } = values;
    process.exitCode = (await rehearse(source, version, { ...values, branch, evidence })) ? 0 : 1;
  },
});

async function rehearse(source: string, version: string, wanted: Wanted): Promise<boolean> {
  const { branch: own, watch, evidence = evidenceFolder(), ...how } = wanted;
  const watchSeconds = parseDuration(watch);
  if (watchSeconds === undefined)
    throw new WrongCommandLine(`--watch ${watch} is no duration`, 'write for example 10s or 2m');
  const problem = versionProblem(version);
  if (problem !== undefined) throw new WrongCommandLine(problem, 'name such a version');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-repository-'));
  try {
    const remote = await copiedRemote(source, path.join(folder, 'remote.git'));
    const branch = own ?? `release/${version}`;
    const pyproject = await readPyproject(remote, own ?? 'HEAD');
    const base = await ensureBranches(remote, branch);
    return await perform({
      package: normaliseName(pyproject.project.name),
      version,
      branch,
      base,
      watchSeconds,
      secrets: secretsOf(pyproject),
      ...how,
      evidence,
      expected: 'released',
      next: {
        good: 'The real release: docs/getting-started.md says what it needs.',
        bad: `Commit what is to change, then \`npx slipway rehearse ${source} ${version}${own === undefined ? '' : ` --branch ${own}`}\` again.`,
      },
      prepareRepository: () => Promise.resolve(remote.address),
      story: {},
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The release goes from the branch, or from the default branch's head, into main or master; returns which. */
async function ensureBranches(remote: Remote, branch: string): Promise<string> {
  const isThere = async (name: string) => (await remote.head(`refs/heads/${name}`)) !== undefined;
  const base = !(await isThere('main')) && (await isThere('master')) ? 'master' : 'main';
  for (const name of [base, branch]) if (!(await isThere(name))) await remote.branch(name, 'HEAD');
  return base;
}

async function readPyproject(remote: Remote, ref: string): Promise<z.output<typeof pyprojectShape>> {
  if ((await remote.head(ref)) === undefined)
    throw new ConfigurationError([`There is no commit at ${ref}`], {
      remedy: 'commit the package, or name the right branch with `--branch`',
    });
  const text = await remote.read(ref, 'pyproject.toml');
  const parsed = text === undefined ? undefined : pyprojectShape.safeParse(parse(text));
  if (parsed?.success === true) return parsed.data;
  throw new ConfigurationError(
    [`There is no pyproject.toml with a [project] name at ${ref}, and only such packages can be released`],
    { remedy: 'move name, version and the rest from setup.py, setup.cfg or [tool.poetry] into [project]' },
  );
}

/** The names of the secrets that the package wants: a rehearsal lends it made-up values, never the environment's. */
function secretsOf({ tool }: z.output<typeof pyprojectShape>): string[] {
  const { modes = {}, applications = {} } = tool?.slipway ?? {};
  return [
    ...new Set(
      [modes, applications].flatMap((table) => Object.values(table).flatMap(({ secrets }) => secrets ?? [])),
    ),
  ];
}
