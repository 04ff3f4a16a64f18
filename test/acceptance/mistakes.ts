import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { execa } from 'execa';
import { parse, stringify, type TomlTable } from 'smol-toml';

import { publishStable, sample, sampleRemote } from '../../rehearsal/sample-world.js';
import { emptyRemote, type Remote } from '../../rehearsal/world/repository.js';
import { openWorld, type World } from '../../rehearsal/world/world.js';
import { readLedger } from '../../src/client/releases.js';
import type { Ledger } from '../../src/contract/state.js';
import { slipway, type Ended } from '../client/slipway.js';

/** A world in which people make mistakes, and what tells whether anything came of one. */
export interface Mistakes {
  readonly world: World;
  /** Runs the client with this command line. */
  slipway(line: string): Promise<Ended>;
  /** Everything outside that a release may change: the refs of the repositories, and what the indexes did but answer. */
  outside(): Promise<unknown>;
  /** Runs the client and sees to it that nothing changed outside. */
  inVain(line: string): Promise<Ended>;
  /** Sees to it that the client is refused with these words and nothing changed outside. */
  refused(line: string, words: readonly string[]): Promise<void>;
  /** The ledger of a release once it is so. */
  until(name: string, version: string, is: (ledger: Ledger) => boolean): Promise<Ledger>;
  /** Has the workers go by the world's own settings with these tables in place of theirs, as an operator would. */
  changeSettings(tables: TomlTable): Promise<void>;
  close(): Promise<void>;
}

/** A package of one function, whose suites take no time. */
export const pocket = 'pocket';

/** Opens the world: the sample with its bad branches and its stable version published, and the small package. */
export async function openMistakes(temporalBinary: string, pythonTools: string): Promise<Mistakes> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-test-'));
  const [meantIt, small] = await Promise.all([
    sampleWithBadBranches(path.join(folder, 'meant-it.git')),
    pocketRemote(path.join(folder, 'pocket.git')),
  ]);
  const world = await openWorld({
    folder,
    temporalBinary,
    pythonTools,
    package: sample.package,
    repository: meantIt.address,
    packages: { [pocket]: small.address },
    watchSeconds: 3600,
    say: () => undefined,
  });
  await publishStable(world, pythonTools);
  const settings = parse(await readFile(world.settings, 'utf8'));
  return {
    world,
    slipway: (line) => slipway(line.split(' '), world.temporal.address),
    outside: async () => [await refs(meantIt), await refs(small), changes(world)],
    async until(name, version, is) {
      for (;;) {
        const ledger = await readLedger(world.client, name, version);
        if (is(ledger)) return ledger;
        await delay(100);
      }
    },
    async changeSettings(tables) {
      await writeFile(world.settings, stringify({ ...settings, ...tables }));
      await world.workers.stop();
      await world.workers.start();
    },
    async close() {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function refs({ address }: Remote): Promise<string> {
  return (await execa('git', ['-C', address, 'for-each-ref'])).stdout;
}

function changes({ test, production }: World): unknown[] {
  return [test, production].map((index) => index.accessLog().filter(({ kind }) => kind === 'change'));
}

async function sampleWithBadBranches(address: string): Promise<Remote> {
  const remote = await sampleRemote(address, false);
  await remote.branch(`release/${sample.stable}`, 'main');
  const bad: Readonly<Record<string, (folder: string) => Promise<void>>> = {
    'with-submodules': addSubmodule,
    'two-versions': (folder) =>
      replaceIn(path.join(folder, 'src', 'meant_it', '__init__.py'), '"0.1.0"', '"0.1.1"'),
    'unknown-secret': (folder) =>
      replaceIn(path.join(folder, 'pyproject.toml'), '["ANTHROPIC_API_KEY"]', '["GEMINI_API_KEY"]'),
    'many-problems': (folder) =>
      replaceIn(
        path.join(folder, 'pyproject.toml'),
        '[tool.slipway]\n',
        '[tool.slipway]\nminimum-coverge = 90\ntag = "latest"\nconstraints = "nowhere.txt"\n',
      ),
    'not-toml': (folder) => writeFile(path.join(folder, 'pyproject.toml'), '[project\n'),
  };
  for (const [branch, edit] of Object.entries(bad)) await remote.commit(branch, sample.branch, branch, edit);
  return remote;
}

async function addSubmodule(folder: string): Promise<void> {
  await writeFile(
    path.join(folder, '.gitmodules'),
    '[submodule "vendored"]\n\tpath = vendored\n\turl = https://forge.example/vendored\n',
  );
  await mkdir(path.join(folder, 'vendored'));
  const link = `160000,${'1'.repeat(40)},vendored`;
  await execa('git', ['-C', folder, 'update-index', '--add', '--cacheinfo', link]);
}

async function replaceIn(file: string, text: string, by: string): Promise<void> {
  const before = await readFile(file, 'utf8');
  if (!before.includes(text)) throw new Error(`${file} holds no ${text}`);
  await writeFile(file, before.replace(text, by));
}

const pocketFiles: Readonly<Record<string, string>> = {
  'pyproject.toml': `[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "pocket"
version = "0.1.0"
description = "Keeps one thing"
readme = "README.md"
`,
  'README.md': '# pocket\n\nKeeps one thing.\n',
  'src/pocket/__init__.py': '',
  'src/pocket/pocket.py': 'def keep(thing):\n    return thing\n',
  'tests/test_pocket.py':
    'from pocket.pocket import keep\n\n\ndef test_keeps_a_thing():\n    assert keep(1) == 1\n',
};

const notPure = `from setuptools import Distribution, setup


class Binary(Distribution):
    def has_ext_modules(self):
        return True


setup(distclass=Binary)
`;

async function pocketRemote(address: string): Promise<Remote> {
  const remote = await emptyRemote(address);
  await remote.commit('main', 'main', 'Keep a thing', (folder) => writeAll(folder, pocketFiles));
  await remote.branch('pure', 'main');
  await remote.commit('not-pure', 'main', 'Hold machine code', (folder) =>
    writeAll(folder, { 'setup.py': notPure }),
  );
  return remote;
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}
