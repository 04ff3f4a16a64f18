import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { onTestFinished, vi } from 'vitest';

import { forges } from '../../src/activities/forge/forges.js';
import { createGitActivities, type GitActivities } from '../../src/activities/git.js';
import { folderStore } from '../../src/activities/support/store.js';
import type { Workbench } from '../../src/activities/support/workbench.js';
import { readSecrets } from '../../src/config/secrets.js';
import { stringify } from 'smol-toml';
import { readSettings } from '../../src/config/settings.js';
import type { Sha, Source } from '../../src/contract/release.js';

/** A real bare repository with a sample package, a clone in which people work, and the activities. */
export interface World {
  readonly folder: string;
  /** The address of the bare repository. */
  readonly repository: string;
  readonly bench: Workbench;
  readonly activities: GitActivities;
  /** Runs git in the people's clone and returns what it printed. */
  git(...args: string[]): Promise<string>;
  /** Commits files on the branch that is checked out (undefined removes one) and returns the commit. */
  commit(files: Readonly<Record<string, string | Uint8Array | undefined>>, message?: string): Promise<Sha>;
  /** Pushes what is checked out to a branch of the bare repository. */
  push(branch: string): Promise<void>;
  /** Where a ref of the bare repository stands; undefined if it is not there. */
  ref(name: string): Promise<Sha | undefined>;
  /** How often a ref of the bare repository has changed. */
  changes(name: string): Promise<number>;
  /** Installs a hook in the bare repository. */
  hook(name: 'pre-receive' | 'post-receive' | 'update', script: string): Promise<void>;
  removeHook(name: 'pre-receive' | 'post-receive' | 'update'): Promise<void>;
  /** What activities left in the state folder that should not outlive them: places of work, locks, copies on their way. */
  leftovers(): Promise<string[]>;
  /** The head of a branch with its configuration, read by the activity. */
  source(branch: string): Promise<Source>;
}

export const subject = { package: 'demo-pkg', version: '0.2.0' };
export const branch = 'release/0.2.0';

/** The sample package in version 0.1.0. */
export const files: Readonly<Record<string, string>> = {
  'pyproject.toml': '[project]\nname = "demo-pkg"\nversion = "0.1.0"\n\n[tool.other]\nversion = "9"\n',
  'src/demo_pkg/__init__.py': '"""Demo."""\n\n__version__ = "0.1.0"\n',
  'src/demo_pkg/core.py': 'def one():\n    return 1\n',
  'tests/test_core.py': 'def test_one():\n    pass\n',
  'README.md':
    '# demo\n\n[![c](https://codecov.io/gh/o/demo/branch/main/graph/badge.svg)](https://codecov.io/gh/o/demo)\n',
};

const env = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Mara',
  GIT_AUTHOR_EMAIL: 'mara@localhost',
  GIT_COMMITTER_NAME: 'Mara',
  GIT_COMMITTER_EMAIL: 'mara@localhost',
};

/** Makes a world with `main` and a release branch that adds one file to it; it is gone when the test is over. */
export async function makeWorld(settings: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), 'git-world-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [remote, work] = [path.join(folder, 'remote.git'), path.join(folder, 'work')];
  const run = async (cwd: string, args: readonly string[]) =>
    (await execa('git', args, { cwd, env, extendEnv: false })).stdout;
  await run(folder, ['init', '--quiet', '--bare', '--initial-branch=main', remote]);
  // The other side's own record of what changed, and its refusal of anything forced.
  await run(remote, ['config', 'core.logAllRefUpdates', 'always']);
  await run(remote, ['config', 'receive.denyNonFastForwards', 'true']);
  const bench = await makeBench(folder, settings, {});
  return populate({ folder, remote, repository: `file://${remote}`, pushTo: remote, work, bench, run });
}

/** A world on a forge: its repository's address, the bare folder behind it, and where people push to. */
export async function makeForgeWorld(
  place: { repository: string; remote: string; pushTo: string },
  forge: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), 'git-world-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const run = async (cwd: string, args: readonly string[]) =>
    (await execa('git', args, { cwd, env, extendEnv: false })).stdout;
  const packages = { [subject.package]: { repository: place.repository, forge } };
  const bench = await makeBench(folder, { ...settings, packages }, secrets);
  return populate({ folder, ...place, work: path.join(folder, 'work'), bench, run });
}

async function populate(parts: Parts): Promise<World> {
  await parts.run(parts.folder, ['init', '--quiet', '--initial-branch=main', parts.work]);
  await parts.run(parts.work, ['remote', 'add', 'origin', parts.pushTo]);
  const world = assemble(parts);
  await world.commit(files, 'First');
  await world.push('main');
  await world.git('switch', '--quiet', '--create', branch);
  await world.commit({ 'src/demo_pkg/more.py': 'def two():\n    return 2\n' }, 'More');
  await world.push(branch);
  return world;
}

async function makeBench(
  folder: string,
  more: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): Promise<Workbench> {
  const file = path.join(folder, 'slipway.toml');
  await writeFile(
    file,
    stringify({ state: 'state', cache: 'cache', approvers: ['mara'], signatures: [], ...more }),
  );
  const settings = readSettings(file, {});
  return {
    settings,
    secrets: readSecrets(settings, 'publish', secrets),
    store: folderStore(`${folder}/store`),
    tools: process.env.SLIPWAY_TOOLS ?? '',
  };
}

interface Parts {
  readonly folder: string;
  /** The folder of the bare repository. */
  readonly remote: string;
  readonly repository: string;
  readonly pushTo: string;
  readonly work: string;
  readonly bench: Workbench;
  readonly run: (cwd: string, args: readonly string[]) => Promise<string>;
}

function assemble({ folder, remote, repository, pushTo, work, bench, run }: Parts): World {
  const git = (...args: string[]) => run(work, args);
  const activities = createGitActivities(bench, forges(bench));
  const hookFile = (name: string) => path.join(remote, 'hooks', name);
  return {
    folder,
    repository,
    bench,
    activities,
    git,
    async commit(changes, message = 'Change') {
      for (const [name, text] of Object.entries(changes)) {
        const file = path.join(work, name);
        await mkdir(path.dirname(file), { recursive: true });
        await (text === undefined ? rm(file) : writeFile(file, text));
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    push: async (to) => void (await git('push', '--quiet', pushTo, `HEAD:refs/heads/${to}`)),
    ref: async (name) => (await run(remote, ['for-each-ref', '--format=%(objectname)', name])) || undefined,
    changes: async (name) =>
      (await readFile(path.join(remote, 'logs', name), 'utf8').catch(() => '')).split('\n').length - 1,
    async hook(name, script) {
      await writeFile(hookFile(name), `#!/bin/sh\n${script}\n`);
      await chmod(hookFile(name), 0o755);
    },
    removeHook: (name) => rm(hookFile(name)),
    leftovers: () => leftoversIn(bench.settings.state),
    async source(name) {
      const verdict = await activities.readBranch({ repository, branch: name, ...subject });
      if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
      const { commit, config } = verdict.head;
      return { repository, commit, config: config.digest, version: subject.version };
    },
  };
}

async function leftoversIn(state: string): Promise<string[]> {
  const names = async (folder: string) => readdir(path.join(state, folder)).catch(() => []);
  const inGit = (await names('git')).filter((name) => !/^(home|[0-9a-f]{32}\.git)$/.test(name));
  return [...(await names('work')), ...inGit];
}

/** Puts a program named git first on the PATH until the test is over: it runs a shell script and then the real git. */
export async function beforeGit(world: World, script: (realGit: string) => string): Promise<void> {
  const bin = path.join(world.folder, 'bin');
  const real = (await execa('sh', ['-c', 'command -v git'])).stdout;
  await mkdir(bin);
  await writeFile(path.join(bin, 'git'), `#!/bin/sh\n${script(real)}\nexec ${real} "$@"\n`);
  await chmod(path.join(bin, 'git'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** What an activity threw: the kind of an operator, integrity or refused failure, and its message. */
export async function thrown(act: Promise<unknown>): Promise<{ kind: string; message: string }> {
  const error: unknown = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('nothing was thrown');
  return { kind: 'type' in error ? String(error.type) : 'Error', message: error.message };
}

/** The titles of a verdict's findings. */
export function titles(verdict: { passed: boolean; findings?: readonly { title: string }[] }): string[] {
  if (verdict.passed) throw new Error('it passed');
  return (verdict.findings ?? []).map(({ title }) => title);
}
