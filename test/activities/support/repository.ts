import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readConfigIn } from '../../../src/activities/support/source.js';
import type { Source } from '../../../src/contract/release.js';

/** Files by their path. */
export type Files = Readonly<Record<string, string>>;

/** A git repository of a test. */
export interface Repository {
  readonly folder: string;
  /** Commits exactly these files, and says what the commit holds. */
  commit(files: Files): Promise<Source>;
  close(): Promise<void>;
}

/** A repository that holds nothing yet. */
export async function makeRepository(): Promise<Repository> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-repository-'));
  git(folder, 'init', '--quiet', '--initial-branch=main');
  return {
    folder,
    async commit(files) {
      git(folder, 'rm', '-r', '--quiet', '--force', '--ignore-unmatch', '.');
      for (const [name, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
        await writeFile(path.join(folder, name), content);
      }
      git(folder, 'add', '--all');
      git(folder, 'commit', '--quiet', '--allow-empty', '--message=A change');
      const config = await readConfigIn(folder);
      if ('problems' in config) throw new Error(config.problems.join('\n'));
      const commit = git(folder, 'rev-parse', 'HEAD').trim();
      return { repository: folder, commit, config: config.digest, version: '1.0.0' };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function git(folder: string, ...args: string[]): string {
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...person, '-C', folder, ...args], { encoding: 'utf8' });
}

const pyproject = `
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "fx-demo"
version = "1.0.0.dev0"
readme = "README.md"
requires-python = ">=3.10"

[tool.setuptools.package-data]
fx_demo = ["greeting.txt"]

[tool.slipway]
test-requirements = ["pytest"]
constraints = "constraints.txt"

[tool.slipway.suites.current]
command = ["pytest", "tests/current"]
covers = ["src/fx_demo/core.py"]

[tool.slipway.suites.deprecated]
command = ["pytest", "tests/deprecated"]
covers = ["src/fx_demo/old.py"]

[tool.slipway.modes.loud]
environment = { FX_VOICE = "loud" }
secrets = ["FX_KEY"]

[tool.slipway.applications.shop]
path = "examples/shop"
requirements = ["-r", "requirements.txt"]
must-run = ["current", "deprecated"]
secrets = ["FX_KEY"]
`;

const core = `
import os

from importlib.resources import files


def say(text):
    if os.environ.get("FX_VOICE") == "loud":
        return text.upper()
    return text


def greeting():
    return files("fx_demo").joinpath("greeting.txt").read_text()
`;

const testCurrent = `
from fx_demo.core import greeting, say


def test_it_speaks(monkeypatch):
    monkeypatch.setenv("FX_VOICE", "loud")
    assert say("hello") == "HELLO"
    monkeypatch.delenv("FX_VOICE")
    assert say("hello") == "hello"


def test_it_greets():
    assert greeting() == "hello\\n"
`;

const testShop = `
import pytest

import fx_demo


@pytest.mark.current
def test_it_sells():
    assert fx_demo.say("shoes")


@pytest.mark.deprecated
def test_it_still_sells():
    assert fx_demo.tell("shoes")
`;

/** A small package with two suites, a mode and an application; 100 % covered. */
export const fixture: Files = {
  'pyproject.toml': pyproject,
  'README.md': '# A fixture\n',
  'constraints.txt': 'pluggy<2\n',
  'src/fx_demo/__init__.py':
    '"""A fixture."""\n\nfrom fx_demo.core import say\nfrom fx_demo.old import tell\n\n__version__ = "1.0.0.dev0"\n',
  'src/fx_demo/core.py': core,
  'src/fx_demo/old.py': 'def tell(text):\n    return text\n',
  'src/fx_demo/greeting.txt': 'hello\n',
  'tests/current/test_core.py': testCurrent,
  'tests/deprecated/test_old.py':
    'import fx_demo\n\n\ndef test_it_tells():\n    assert fx_demo.tell("x") == "x"\n',
  'examples/shop/requirements.txt': 'fx-demo\npytest\n',
  'examples/shop/pytest.ini': '[pytest]\nmarkers =\n    current\n    deprecated\n',
  'examples/shop/test_shop.py': testShop,
};

/** The fixture at a version. */
export function atVersion(version: string): Files {
  const entries = Object.entries(fixture).map(([name, text]) => [
    name,
    text.replace('"1.0.0.dev0"', `"${version}"`),
  ]);
  return Object.fromEntries(entries) as Files;
}

/** The fixture's pyproject.toml with one text in place of another. */
export function pyprojectWith(
  text: string | RegExp,
  other: string | ((found: string) => string),
  more = '',
): Files {
  const replaced =
    typeof other === 'string' ? pyproject.replace(text, other) : pyproject.replace(text, other);
  return { 'pyproject.toml': replaced + more };
}
