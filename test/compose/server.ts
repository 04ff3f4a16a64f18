import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server that a test started and has to end. */
export interface Server {
  /** Everything that it has said. */
  readonly said: () => string;
  readonly stop: () => Promise<void>;
}

/** How a server is started, and how it shows that it is ready. */
export interface ServerOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  readonly stopSignal: NodeJS.Signals;
  readonly isReady: (line: string) => boolean;
}

/** Starts a server and answers when it is ready; throws with its last words when it ends before. */
export async function startServer(command: string, args: string[], options: ServerOptions): Promise<Server> {
  const { stopSignal, isReady, ...how } = options;
  const child = spawn(command, args, { ...how, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithThisProcess = () => child.kill();
  process.once('exit', endWithThisProcess);
  const lines: string[] = [];

  await new Promise<void>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (isReady(line)) resolve();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      reject(new Error(`${command} ended with ${code} before it was ready:\n${lines.slice(-10).join('\n')}`));
    });
  });
  return {
    said: () => lines.join('\n'),
    stop: async () => {
      process.off('exit', endWithThisProcess);
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill(stopSignal)) await ended;
    },
  };
}
