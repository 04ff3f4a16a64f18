import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

import { root } from '../../../tools/paths.mjs';
import { makeWorld } from '../../activities/git-world.js';
import type { Asked, Told } from './asked.js';

/** Why no folder of this machine can be made small or read-only for one process; undefined where one can. */
export function whyNoMounts(): string | undefined {
  const tried = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return tried.status === 0 ? undefined : 'this user may not mount anything in a namespace of its own';
}

/** Starts a worker with a file system of its own for its state; `release` mounts that as asked, and has every kind of write made. */
export async function workerOnOwnDisk(): Promise<(asked: Asked) => Promise<Told>> {
  const world = await makeWorld();
  const { state } = world.bench.settings;
  await mkdir(state, { recursive: true });
  const program = await bundled();
  const mounting = 'mount -t tmpfs -o size=64m none "$1" && shift && exec "$@"';
  const repository = world.repository.replace('file://', '');
  const child = spawn(
    'unshare',
    [
      ...['-Urm', '--kill-child', 'sh', '-c', mounting, 'sh', state],
      ...[process.execPath, program, path.join(world.folder, 'slipway.toml'), repository],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (asked) => {
    child.stdin.write(`${JSON.stringify(asked)}\n`);
    const answer: IteratorResult<string, unknown> = await lines.next();
    if (answer.done === true) throw new Error('the worker ended');
    return JSON.parse(answer.value) as Told;
  };
}

/** The worker as one file, beside the packages that it imports. */
async function bundled(): Promise<string> {
  const outfile = path.join(root, 'node_modules', '.cache', `state-folder-${randomUUID()}.mjs`);
  onTestFinished(() => rm(outfile, { force: true }));
  await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  return outfile;
}
