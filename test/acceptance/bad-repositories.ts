import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';

import { sample, sampleRemote } from '../../rehearsal/sample-world.js';
import { emptyRemote, type Remote } from '../../rehearsal/world/repository.js';

/** The name of the small package. */
export const pocket = 'pocket';

/** The sample with branches that cannot be released, named after what is wrong with them; its stable version stands on main. */
export async function sampleWithBadBranches(address: string): Promise<Remote> {
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

/** A package of one function, whose suites take no time: on `pure` as it should be, on `not-pure` with a wheel for one machine. */
export async function pocketRemote(address: string): Promise<Remote> {
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
