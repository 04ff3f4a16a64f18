import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, test } from 'vitest';

import { packages } from '../../acceptance/packages/list.js';
import { page } from '../../acceptance/packages/page.js';
import { root } from '../../tools/paths.mjs';

const shown = await readFile(path.join(root, 'docs', 'real-packages.md'), 'utf8');

test('the table of real packages is what was seen', async () => {
  expect(shown).toBe(await page());
});

test('the table of real packages has a row for each that is rehearsed, which ended as it ought to', async () => {
  const file = path.join(root, 'acceptance', 'packages', 'seen.json');
  const outcomes = JSON.parse(await readFile(file, 'utf8')) as readonly { name: string; seen: string }[];
  expect(outcomes.map(({ name, seen }) => ({ name, released: seen.startsWith('released: ') }))).toEqual(
    packages.map(({ name, stoppedBy }) => ({ name, released: stoppedBy === undefined })),
  );
});
