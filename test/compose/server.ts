import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A server that a test started and has to end. */
export interface Server {
  /** Ends it with its own signal, and by force where that has no effect; answers whether force was needed. */
  readonly stop: () => Promise<{ forced: boolean }>;
  /** Ends it at once with another signal that it knows. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
  /** Ends it by force. */
  readonly kill: () => Promise<void>;
}

/** How a server is started, how it shows that it is ready, and how it is stopped. */
export interface ServerOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  readonly isReady: (line: string) => boolean;
  readonly stopSignal: NodeJS.Signals;
}

/** How long a server may take to be ready, and how long to stop, in milliseconds. */
const patience = 30_000;

// A process that a signal ends has no exit event, and an interrupted run would leave its servers behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts a server and answers when it is ready; throws with its last words when it ends before or takes too long. */
export async function startServer(command: string, args: string[], options: ServerOptions): Promise<Server> {
  const { stopSignal, isReady, ...how } = options;
  // A group of its own: what it started itself ends with it.
  const child = spawn(command, args, { ...how, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const force = () =>
    child.pid !== undefined &&
    child.exitCode === null &&
    child.signalCode === null &&
    process.kill(-child.pid, 'SIGKILL');
  process.once('exit', force);
  const lines: string[] = [];

  const late = setTimeout(force, patience);
  await new Promise<void>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (isReady(line)) resolve();
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const lastWords = lines.slice(-10).join('\n');
      reject(new Error(`${command} ended (${code ?? signal}) before it was ready:\n${lastWords}`));
    });
  }).finally(() => {
    clearTimeout(late);
  });

  return {
    stop: async () => {
      child.kill(stopSignal);
      let forced = false;
      const late = setTimeout(() => (forced = force()), patience);
      await ended;
      clearTimeout(late);
      return { forced };
    },
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
    kill: async () => {
      force();
      await ended;
    },
  };
}
