import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';

import { root } from '../../tools/paths.mjs';

/** The workers of all zones, as one process that can be killed and started again. */
export interface Workers {
  start(): Promise<void>;
  /** Ends the workers as an operator would. */
  stop(): Promise<void>;
  /** Ends every worker process at once, as a power cut would. */
  kill(): Promise<void>;
  readonly log: string;
}

/** The workers that these settings describe, with nothing but this added to their environment. */
export function workersOf(
  folder: string,
  settings: string,
  environment: Readonly<Record<string, string>>,
): Workers {
  const log = path.join(folder, 'workers.log');
  let child: ChildProcess | undefined;
  return {
    log,
    async start() {
      const output = openSync(log, 'a');
      const started = fork(path.join(root, 'dist', 'src', 'worker.js'), ['--settings', settings], {
        env: { ...process.env, ...environment },
        stdio: ['ignore', output, output, 'ipc'],
        detached: true,
      });
      closeSync(output);
      child = started;
      await Promise.race([
        once(started, 'message'),
        once(started, 'exit').then(() => {
          throw new Error(`the workers ended before they were ready: see ${log}`);
        }),
      ]);
    },
    async stop() {
      const stopped = child;
      if (stopped === undefined || stopped.exitCode !== null || stopped.signalCode !== null) return;
      const ended = once(stopped, 'exit');
      stopped.kill('SIGTERM');
      await ended;
    },
    async kill() {
      if (child?.pid === undefined) return;
      const ended = once(child, 'exit');
      // The workers of all zones are in the supervisor's process group.
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
