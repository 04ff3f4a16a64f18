import path from 'node:path';

import { expect, test } from 'vitest';

import { root } from '../../tools/paths.mjs';
import { run } from '../../tools/run.mjs';

const chaos = (...args: string[]) => run(process.execPath, [path.join(root, 'tools', 'chaos.mjs'), ...args]);

test('npm run chaos says what it can play', async () => {
  const { code, stdout } = await chaos('--help');
  expect(code).toBe(0);
  for (const part of ['rows', 'simulation', 'kill-points']) expect(stdout).toContain(`[${part}]`);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  ['row', 'There is no part row.'],
  ['--recrod', "Unknown option '--recrod'"],
])('npm run chaos -- %s is answered with what can be typed', async (word, said) => {
  const { code, stderr } = await chaos(word);
  expect(code).toBe(1);
  expect(stderr).toContain(said);
  expect(stderr).toContain('npm run chaos -- [rows]');
});
