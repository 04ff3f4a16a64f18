import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

import { branchRef, checkSha, keptRef, tagRef } from '../../src/activities/support/git/names.js';
import { beforeGit, branch, makeWorld, subject } from './git-world.js';

/** Names out of pieces that have meant something to git or a shell; the same ones in every run. */
function* hostileNames(count: number): Generator<string> {
  const pieces = [
    '-',
    '--',
    '-x',
    '--upload-pack=',
    'ext::sh ',
    '\n',
    '\0',
    ' ',
    '..',
    '.lock',
    '@{',
    '~1',
    '^',
    ':',
    '?',
    '*',
    '[',
    '\\',
    '/',
    '//',
    '.',
    'a',
    '0.2.0',
    'release',
    '$(id)',
    '`id`',
    ';',
    '|',
    'ü',
    '{',
    '+',
    '!',
  ];
  let seed = 20261122;
  const next = (limit: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * limit);
  };
  for (let i = 0; i < count; i++)
    yield Array.from({ length: 1 + next(4) }, () => pieces[next(pieces.length)] ?? '').join('');
}

function accepted(make: () => string): string | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

describe('names', () => {
  test('out of hostile pieces are refused, or are full refs that git takes for nothing else', async () => {
    const names = [...hostileNames(10_000)];
    const refs = new Set(
      names.flatMap((name) =>
        [
          accepted(() => branchRef(name)) ?? [],
          accepted(() => tagRef(name)) ?? [],
          accepted(() => keptRef({ package: 'p', version: '1' }, name, '1'.repeat(40))) ?? [],
        ].flat(),
      ),
    );
    expect(refs.size).toBeGreaterThan(50);
    for (const ref of refs) expect(ref).toMatch(/^refs\/(heads|tags|slipway)\/[A-Za-z0-9][\w./!+-]*$/);
    for (const ref of [...refs].slice(0, 60))
      expect((await execa('git', ['check-ref-format', ref], { reject: false })).exitCode, ref).toBe(0);
    expect(
      names.filter((name) => name.startsWith('-') && accepted(() => branchRef(name)) !== undefined),
    ).toEqual([]);
  });

  test.each(['main', 'HEAD', '--all', 'abc', '1'.repeat(39), `${'1'.repeat(40)}^{commit}`, 'A'.repeat(40)])(
    '%j is no full object name',
    (name) => {
      expect(() => checkSha(name)).toThrow('full object name');
    },
  );
});

describe('the arguments of git', () => {
  test('hold the address and refs only as data, behind --end-of-options where git could take them for options', async () => {
    const world = await makeWorld();
    const record = path.join(world.folder, 'recorded');
    await beforeGit(world, () => `printf '%s\\037' "$@" >> ${record}\nprintf '\\n' >> ${record}`);
    const source = await world.source(branch);
    const act = world.activities.ensureVersionCommit({ source, version: '0.2.0.dev0', branch, subject });
    expect(await act).toMatchObject({ passed: true });
    const commands = (await readFile(record, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split('\x1f').slice(0, -1));
    const spoken = commands.filter((args) => args.includes(world.repository));
    expect(
      new Set(spoken.map((args) => args.find((arg) => ['ls-remote', 'fetch', 'push'].includes(arg)))),
    ).toEqual(new Set(['ls-remote', 'fetch', 'push']));
    for (const args of spoken) expect(args[args.indexOf(world.repository) - 1]).toBe('--end-of-options');
    for (const args of spoken)
      expect(args).toEqual(
        expect.arrayContaining(['protocol.allow=never', 'core.hooksPath=/dev/null', 'core.fsmonitor=false']),
      );
  });
});
