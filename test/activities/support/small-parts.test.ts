import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { coverageTable } from '../../../src/activities/support/coverage-table.js';
import { coverageFindings, unionInWords } from '../../../src/activities/support/coverage-verdict.js';
import { coverageCommand, type FileCoverage } from '../../../src/activities/support/coverage.js';
import { matcher } from '../../../src/activities/support/globs.js';
import { writeDotEnv } from '../../../src/activities/support/lent.js';
import { readRunningOutputs, sweepRunningOutputs } from '../../../src/activities/support/running-output.js';
import { redact, redacting } from '../../../src/evidence/redact.js';
import { sweepThrowawayFolders } from '../../../src/activities/support/workbench.js';
import { maxDetail } from '../../../src/contract/verdict.js';

describe('coverage', () => {
  const file = (missing: number[], lines = 20_000): FileCoverage => ({
    path: 'src/a.py',
    lines,
    missing: missing.map((number) => ({ number, text: `x = ${String(number)}` })),
    branches: 0,
    missingBranches: 0,
    excluded: 0,
  });

  test('of everything but one line in twenty thousand is not 100 %, and shows the line', () => {
    expect(coverageFindings('union', [file([4711])], 100)).toEqual([
      {
        title: 'union: 99.99 % covered, and 100 % is demanded: src/a.py 4711',
        detail: 'src/a.py: 4711\nsrc/a.py\n  4711  x = 4711',
      },
    ]);
    expect(unionInWords([file([4711], 10_000_000)])).toBe('99.99 % of 10000000 lines');
  });

  test('of no line at all proves nothing, unless nothing is demanded', () => {
    expect(coverageFindings('union', [], 0)).toEqual([]);
    expect(coverageFindings('union', [], 1)).toEqual([{ title: 'union: no line was measured' }]);
    expect(coverageFindings('union', [file([], 0)], 100)).toEqual([{ title: 'union: no line was measured' }]);
  });

  test('that the package asks for as 90 % passes with 90 % and not with less', () => {
    expect(coverageFindings('union', [file([1], 10)], 90)).toEqual([]);
    expect(coverageFindings('union', [file([1, 2, 5], 10)], 90)[0]?.detail).toMatch(/^src\/a\.py: 1-2, 5\n/);
  });

  test('of branches is shown beside that of the lines, and decides nothing', () => {
    const branches = { ...file([], 10), branches: 8, missingBranches: 1 };
    expect(coverageFindings('union', [branches], 100)).toEqual([]);
    expect(unionInWords([{ ...branches, excluded: 1 }])).toBe(
      "100 % of 10 lines, 87.5 % of 8 branches (1 line excluded by the package's configuration)",
    );
  });

  test('that lacks more lines than a finding holds shows the first ones, and says where all of them are', () => {
    const odd = Array.from({ length: 5000 }, (_, at) => 2 * at + 1);
    const wide = { ...file([7], 10), path: 'src/b.py', missing: [{ number: 7, text: 'y'.repeat(5000) }] };
    const [found] = coverageFindings('union', [file(odd), wide], 100, 'digest');
    const detail = found?.detail?.split('\n') ?? [];
    expect(found?.log).toBe('digest');
    expect(found?.detail?.length).toBeLessThanOrEqual(maxDetail);
    expect(detail[0]).toMatch(/^src\/a\.py: 1, 3, 5, .*…$/);
    expect(detail.slice(1, 4)).toEqual(['src/b.py: 7', 'src/a.py', '     1  x = 1']);
    expect(detail.at(-1)).toMatch(/^… and \d+ more lines$/);
  });

  test('is kept as a table of every file of every suite, with all lines that were not run', () => {
    const [one, other] = [
      { ...file([], 8), branches: 4 },
      { ...file([3, 4], 12), path: 'src/other.py' },
    ];
    const sections = [{ title: 'suite current', measured: [one, other], declared: [other] }];
    expect(coverageTable(sections, ['src/gone.py'])).toBe(`suite current

lines  not run  covered  branches  not taken  covered  file            lines not run
    8        0    100 %         4          0    100 %  src/a.py
   12        2  83.33 %         0          0           src/other.py *  3-4
   20        2     90 %         4          0    100 %  all files

* must be covered here

src/other.py
     3  x = 3
     4  x = 4

not measured at all: src/gone.py

`);
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
    expect(rest.slice(3)).toEqual(['--branch', '--source=/src', '--omit=*/__init__.py', ...measured]);
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

test('a text that comes in pieces is redacted as the whole of it, wherever it is cut', () => {
  const values = ['sk-ab\ncd', 'b\nc', 'aab', 'x'];
  const text = 'sk-ab\ncd aaab\nc sk-ab\\ncd aabaab x sk-ab\nc';
  for (let size = 1; size < text.length; size += 1) {
    const redactor = redacting(values);
    let shown = '';
    for (let at = 0; at < text.length; at += size) shown += redactor.push(text.slice(at, at + size));
    expect(shown + redactor.end()).toBe(redact(text, values));
  }
});

test('what a killed worker was running is not shown as running, and what was kept of it is found for a day', async () => {
  const state = await mkdtemp(path.join(tmpdir(), 'slipway-state-'));
  onTestFinished(() => rm(state, { recursive: true }));
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const folder = path.join(state, 'running', encodeURIComponent('release/a/1.0'));
  await mkdir(folder, { recursive: true });
  const [now, longAgo] = [String(Date.now()), '1000'];
  const labels = {
    [`${now}-a-1-1`]: { title: 'dead', pid: dead },
    [`${now}-a-1-2`]: { title: 'alive', pid: process.pid },
    [`${now}-a-1-3`]: { title: 'kept', pid: dead, digest: 'd' },
    [`${longAgo}-a-1-4`]: { title: 'old', pid: dead, digest: 'd' },
  };
  for (const [name, label] of Object.entries(labels)) {
    await writeFile(path.join(folder, `${name}.json`), JSON.stringify(label));
    await writeFile(path.join(folder, `${name}.log`), 'text');
  }
  await sweepRunningOutputs(state);
  const left = await readRunningOutputs(state, 'release/a/1.0', '');
  expect(left.map(({ title }) => title).sort()).toEqual(['alive', 'kept']);
});

test('what a killed worker left is removed by the next one, and what runs is not', async () => {
  const state = await mkdtemp(path.join(tmpdir(), 'slipway-state-'));
  onTestFinished(() => rm(state, { recursive: true }));
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const [left, running] = [`w-${String(dead)}-a`, `w-${String(process.pid)}-b`];
  for (const folder of [left, running]) {
    await mkdir(path.join(state, 'work', folder), { recursive: true });
    await writeDotEnv(path.join(state, 'work', folder), { secrets: { A_KEY: 'sk-1_2' } });
  }
  await sweepThrowawayFolders(state);
  expect(await readdir(path.join(state, 'work'))).toEqual([running]);
});

test('a .env holds the secrets and nothing else, readable by its owner alone', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-dotenv-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeDotEnv(folder, {
    secrets: { A_KEY: 'sk-1_2', B_KEY: `it's "b" \\ #1` },
  });
  const file = path.join(folder, '.env');
  expect(await readFile(file, 'utf8')).toBe(`A_KEY=sk-1_2\nB_KEY='it\\'s "b" \\\\ #1'\n`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
