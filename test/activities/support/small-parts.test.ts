import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { coverageFindings, coverageInWords } from '../../../src/activities/support/coverage-verdict.js';
import { coverageCommand, type FileCoverage } from '../../../src/activities/support/coverage.js';
import { matcher } from '../../../src/activities/support/globs.js';
import { writeDotEnv } from '../../../src/activities/support/lent.js';
import { redact } from '../../../src/activities/support/redact.js';

describe('coverage', () => {
  const file = (missingLines: number[], measured = 20_000): FileCoverage => ({
    path: 'src/a.py',
    measured,
    missingLines,
    missingBranches: [],
    excluded: 0,
  });

  test('of everything but one line in twenty thousand is not 100 %, and names the line', () => {
    expect(coverageFindings('union', [file([4711])], 100)).toEqual([
      { title: 'union: 99.99 % covered, and 100 % is demanded', detail: 'src/a.py: 4711' },
    ]);
    expect(coverageInWords([file([4711], 10_000_000)])).toBe('99.99 %');
  });

  test('of no line at all proves nothing', () => {
    expect(coverageFindings('union', [], 0)).toEqual([{ title: 'union: no line was measured' }]);
    expect(coverageFindings('union', [file([], 0)], 100)).toEqual([{ title: 'union: no line was measured' }]);
  });

  test('that the package asks for as 90 % passes with 90 % and not with less', () => {
    expect(coverageFindings('union', [file([1], 10)], 90)).toEqual([]);
    expect(coverageFindings('union', [file([1, 2, 5], 10)], 90)[0]?.detail).toBe('src/a.py: 1-2, 5');
  });

  test('of branches counts where the package measures them', () => {
    const branches = { ...file([], 10), missingBranches: [[3, -1] as const, [5, 7] as const] };
    expect(coverageFindings('union', [branches], 100)[0]?.detail).toBe('src/a.py: 3→exit, 5→7');
  });

  test.each([
    [
      ['pytest', 'tests'],
      ['-m', 'pytest', 'tests'],
    ],
    [
      ['python', '-m', 'unittest'],
      ['-m', 'unittest'],
    ],
    [
      ['python3', 'tests/all.py', '-v'],
      ['tests/all.py', '-v'],
    ],
    [
      ['tests/all.py', '-v'],
      ['tests/all.py', '-v'],
    ],
    [['coverage', 'run', 'tests/all.py'], ['tests/all.py']],
    [
      ['unittest', 'discover'],
      ['-m', 'unittest', 'discover'],
    ],
  ])('is measured of the command %j', (command, measured) => {
    const [python, ...rest] = coverageCommand('python', '/src', command);
    expect([python, ...rest.slice(0, 3)]).toEqual(['python', '-m', 'coverage', 'run']);
    expect(rest.slice(3)).toEqual(['--source=/src', '--omit=*/__init__.py', ...measured]);
  });
});

test.each([
  ['src/a.py', 'src/a.py', true],
  ['src/a.py', 'src/aXpy', false],
  ['src/*.py', 'src/a.py', true],
  ['src/*.py', 'src/b/a.py', false],
  ['src/**/*.py', 'src/a.py', true],
  ['src/**/*.py', 'src/b/c/a.py', true],
  ['src/b', 'src/b/c/a.py', true],
  ['src/b/', 'src/bc/a.py', false],
  ['src/?.py', 'src/a.py', true],
  ['src/(a).py', 'src/(a).py', true],
])('the glob %s over %s: %s', (glob, file, expected) => {
  expect(matcher(glob)(file)).toBe(expected);
});

test('secrets are taken out of a text in the forms in which they come', () => {
  const secret = 'sk/a+b=';
  const text = [secret, encodeURIComponent(secret), Buffer.from(`${secret}`).toString('base64'), 'kept'].join(
    ' ',
  );
  expect(redact(text, [secret, ''])).toMatch(/^\[secret\] \[secret\] \[secret\]=* kept$/);
});

test('a .env holds the secrets and nothing else, readable by its owner alone', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-dotenv-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeDotEnv(folder, {
    variables: { MODE: 'x' },
    secrets: { A_KEY: 'sk-1_2', B_KEY: `it's "b" \\ #1` },
  });
  const file = path.join(folder, '.env');
  expect(await readFile(file, 'utf8')).toBe(`A_KEY=sk-1_2\nB_KEY='it\\'s "b" \\\\ #1'\n`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
