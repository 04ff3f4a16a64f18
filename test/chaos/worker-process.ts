import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

import { root } from '../../tools/paths.mjs';
import type { ModelledWorkerOptions } from './modelled-worker.js';

/** The workers of a modelled world as a process of their own, which can be killed and started again. */
export interface WorkerProcess {
  /** Answers when all its workers ask for work. */
  start(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** How often it has ended by itself, and was started again as a supervisor does. */
  readonly ends: number;
}

/** Makes such a process ready; its clock is wrong by so many milliseconds. It is gone after the test. */
export async function workerProcess(
  options: Omit<ModelledWorkerOptions, 'folder'>,
  shift = 0,
): Promise<WorkerProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-worker-'));
  const program = await bundled(folder);
  let child: ChildProcess | undefined;
  let ends = 0;
  const kill = async () => {
    const killed = child;
    child = undefined;
    if (killed === undefined || killed.exitCode !== null || killed.signalCode !== null) return;
    const ended = once(killed, 'exit');
    killed.kill('SIGKILL');
    await ended;
  };
  onTestFinished(async () => {
    await kill();
    await rm(folder, { recursive: true });
  });
  const clock = pathToFileURL(path.join(import.meta.dirname, 'shifted-clock.mjs')).href;
  const start = async () => {
    const store = path.join(folder, 'store');
    const said = JSON.stringify({ ...options, folder: store } satisfies ModelledWorkerOptions);
    const started = fork(program, [said], {
      execArgv: shift === 0 ? [] : ['--import', clock],
      env: { ...process.env, SLIPWAY_TEST_SHIFT: String(shift) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = started;
    await Promise.race([
      once(started, 'message'),
      once(started, 'exit').then(() => {
        throw new Error('the workers ended before they were ready');
      }),
    ]);
    started.once('exit', () => {
      if (child !== started) return;
      ends += 1;
      void start();
    });
  };
  return {
    kill,
    start,
    get ends() {
      return ends;
    },
  };
}

/** The program with everything of this checkout in it; it finds the packages where this checkout has them. */
async function bundled(folder: string): Promise<string> {
  const program = path.join(folder, 'test', 'chaos', 'modelled-worker.mjs');
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  await build({
    entryPoints: [path.join(import.meta.dirname, 'modelled-worker.ts')],
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  await symlink(path.join(root, 'dist'), path.join(folder, 'dist'));
  return program;
}
