import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../tools/lock.mjs';
import { root } from '../../tools/paths.mjs';

let folder: string;
let lock: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-lock-'));
  lock = path.join(folder, 'new', 'it.lock');
});

afterEach(() => rm(folder, { recursive: true }));

const silent = (): void => undefined;

test('the works of several processes never overlap', async () => {
  const busy = path.join(folder, 'busy');
  const program = `
    import { existsSync, writeFileSync, rmSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(path.join(root, 'tools', 'lock.mjs'))};
    await withLock(${JSON.stringify(lock)}, () => undefined, async () => {
      if (existsSync(${JSON.stringify(busy)})) throw new Error('two at once');
      writeFileSync(${JSON.stringify(busy)}, '');
      await new Promise((resolve) => setTimeout(resolve, 100));
      rmSync(${JSON.stringify(busy)});
    });`;
  const run = (): Promise<unknown> => execa('node', ['--input-type=module', '-e', program]);

  await Promise.all([run(), run(), run()]);

  expect(existsSync(lock)).toBe(false);
});

test('the lock of a dead process is taken over', async () => {
  const { pid } = spawnSync('true');
  await withLock(lock, silent, () => writeFile(path.join(folder, 'made'), ''));
  await writeFile(lock, `${pid}@${hostname()}`);

  expect(await withLock(lock, silent, () => Promise.resolve('done'))).toBe('done');
});

test('the lock of another machine is taken over when it has been silent for a minute', async () => {
  await withLock(lock, silent, () => Promise.resolve());
  await writeFile(lock, '1@elsewhere');
  const longAgo = new Date(Date.now() - 61_000);
  await utimes(lock, longAgo, longAgo);

  expect(await withLock(lock, silent, () => Promise.resolve('done'))).toBe('done');
});

test('who waits is told for whom', async () => {
  const said = new EventEmitter();
  let second = Promise.resolve();

  await withLock(lock, silent, async () => {
    second = withLock(
      lock,
      (text) => said.emit('waits', text),
      () => Promise.resolve(),
    );
    expect(await once(said, 'waits')).toEqual([`waits for another set-up (${process.pid}@${hostname()})`]);
  });

  await second;
});

test('a work that fails leaves no lock', async () => {
  const failing = withLock(lock, silent, () => Promise.reject(new Error('no')));

  await expect(failing).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});
