import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';

import type { Remote } from '../rehearsal/world/repository.js';
import type { World } from '../rehearsal/world/world.js';

/** A package as small as one can be that has something to test. */
export const tiny = 'tiny-package';

/** Writes the package at a version; `said` is what it does. */
export async function layTiny(folder: string, version: string, said = 'hello'): Promise<void> {
  const files = {
    'pyproject.toml': `[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "${tiny}"
version = "${version}"
readme = "README.md"
requires-python = ">=3.10"
`,
    'README.md': '# A tiny package\n',
    'src/tiny_package/__init__.py': `"""A tiny package."""\n\n__version__ = "${version}"\n`,
    'src/tiny_package/saying.py': `def say():\n    return "${said}"\n`,
    'tests/test_saying.py': `from tiny_package.saying import say\n\n\ndef test_it_speaks():\n    assert say() == "${said}"\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

/** Has the package read a file that no wheel ships: its suites pass, and what is installed does not work. */
export async function layFault(folder: string, said: string): Promise<void> {
  const at = path.join(folder, 'src', 'tiny_package');
  await writeFile(path.join(at, 'word.txt'), said);
  await writeFile(
    path.join(at, 'saying.py'),
    'from pathlib import Path\n\n\ndef say():\n    return Path(__file__).with_name("word.txt").read_text()\n',
  );
}

/** Puts a version on the production stand-in, as its release did at the time: built and uploaded by the real tools. */
export async function publishTiny(
  world: World,
  pythonTools: string,
  folder: string,
  version: string,
): Promise<void> {
  await layTiny(folder, version);
  const bin = (name: string) => path.join(pythonTools, name);
  const dist = path.join(folder, 'dist');
  await execa(bin('pyproject-build'), ['--installer', 'uv', '--outdir', dist, folder], {
    env: { UV_DEFAULT_INDEX: world.production.simpleUrl, PATH: `${pythonTools}:${process.env.PATH ?? ''}` },
  });
  const files = [`tiny_package-${version}-py3-none-any.whl`, `tiny_package-${version}.tar.gz`];
  await execa(bin('twine'), ['--no-color', 'upload', ...files.map((file) => path.join(dist, file))], {
    env: {
      TWINE_REPOSITORY_URL: world.production.uploadUrl,
      TWINE_USERNAME: '__token__',
      TWINE_PASSWORD: world.secrets.PRODUCTION_INDEX_TOKEN ?? '',
      TWINE_NON_INTERACTIVE: '1',
    },
  });
}

/** The version that a branch holds. */
export async function versionOn(remote: Remote, branch: string): Promise<string> {
  const text = (await remote.read(branch, 'src/tiny_package/__init__.py')) ?? '';
  return /__version__ = "(.*)"/.exec(text)?.[1] ?? '';
}
