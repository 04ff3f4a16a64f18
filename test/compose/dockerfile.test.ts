import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.mjs';
import { serviceNamed } from './compose.js';

const instructions = readFileSync(path.join(root, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .trim()
  .split('\n')
  .map((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1) ?? []);

function all(name: string): string[] {
  return instructions.flatMap(([instruction, rest]) =>
    instruction === name && rest !== undefined ? [rest] : [],
  );
}

/** What is copied from the checkout, and not from another stage. */
const copied = all('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(' ').slice(0, -1));

test('every stage is made from an earlier one or from an image pinned to a full version', () => {
  const stages = all('FROM').map((rest) => rest.split(' AS '));
  const names = stages.flatMap(([, name]) => name ?? []);
  const images = stages.flatMap(([from]) => (from !== undefined && !names.includes(from) ? [from] : []));
  expect(images).toEqual([expect.stringMatching(/^node:\d+\.\d+\.\d+-bookworm-slim$/)]);
});

test('the worker is not root', () => {
  expect(instructions.findLast(([name]) => name === 'USER')?.[1]).toBe('node');
  expect(instructions.findLastIndex(([name]) => name === 'USER')).toBeGreaterThan(
    instructions.findLastIndex(([name]) => name === 'FROM'),
  );
});

test('the image and the service start the same program', () => {
  expect(JSON.parse(all('CMD').join())).toEqual(serviceNamed('worker').command);
});

test('no package runs a script of its own, and no development package is installed', () => {
  expect(all('RUN').filter((rest) => rest.includes('npm '))).toEqual(['npm ci --ignore-scripts --omit=dev']);
});

test('everything that is copied is there, and nothing else of the checkout reaches the image', () => {
  expect(copied.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  const [first, ...letThrough] = readFileSync(path.join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(first).toBe('*');
  expect(letThrough.sort()).toEqual(copied.map((name) => `!${name}`).sort());
});
