import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

import { root } from '../../tools/paths.mjs';
import { shownIn } from './shown.js';

test('a package that has never seen this tool is rehearsed by the command that the documents show', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-started-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const checkout = path.join(folder, 'slipway');
  await Promise.all([mkdir(checkout), makePackage(path.join(folder, 'my-package'))]);
  for (const document of ['README.md', 'docs/getting-started.md']) {
    const text = await readFile(path.join(root, document), 'utf8');
    expect(shownIn(text)).toContainEqual({ kind: 'command', line: command, answer: [] });
  }
  const program = command.replace(/^npx slipway/, `'${process.execPath}' '${root}/bin/slipway.js'`);
  const { exitCode, all } = await execa('bash', ['-c', program], {
    ...{ cwd: checkout, stdin: 'ignore', reject: false, all: true },
    env: { NO_COLOR: '1' },
  });
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  expect(all).toMatch(/my-package 1\.4\.0/);
  expect(all).toMatch(
    /know that a real release would be refused, because \.github\/workflows\/release\.yml:9 publishes by itself .*: have it run by hand only/,
  );
  expect(git(path.join(folder, 'my-package'), 'status', '--porcelain', '--branch')).toBe('## main');
});

const command = 'npx slipway rehearse ../my-package 1.4.0';

function git(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', ['-C', folder, ...who, ...args], { encoding: 'utf8' }).trim();
}

/** An ordinary package with a test and a workflow that publishes it, which knows nothing of this procedure. */
async function makePackage(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message', 'A package');
}

const files = {
  'pyproject.toml': `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "my-package"
version = "1.3.0"
description = "Says how much is too much"
readme = "README.md"
requires-python = ">=3.10"
license = "MIT"

[project.optional-dependencies]
test = ["pytest"]
`,
  'README.md': '# my-package\n\nSays how much is too much.\n',
  'src/my_package/__init__.py': '',
  'src/my_package/amount.py': `def is_too_much(count: int) -> bool:
    """Whether there are more than enough."""
    return count > 3
`,
  'tests/test_my_package.py': `from my_package.amount import is_too_much


def test_more_than_three_are_too_much():
    assert is_too_much(4)
    assert not is_too_much(3)
`,
  '.github/workflows/release.yml': `on:
  release:
    types: [published]
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: pypa/gh-action-pypi-publish@release/v1
`,
};
