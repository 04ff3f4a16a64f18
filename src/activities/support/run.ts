import { constants } from 'node:os';

import { execa, ExecaError } from 'execa';

import { currentCancellation } from './cancellation.js';
import { guardBeyondDeath } from './warden.js';

/** A program and its arguments; never a shell line. */
export type Command = readonly [program: string, ...args: string[]];

/** How a tool is run. */
export interface RunOptions {
  readonly cwd: string;
  /** The whole environment of the tool: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Cancels the tool; by default the running activity's own cancellation. */
  readonly signal?: AbortSignal;
}

/** What a tool did. */
export interface RunResult {
  readonly command: Command;
  /** Undefined if the tool ended by a signal. */
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  readonly stdout: string;
  /** Both streams as they came, cut at `maxOutput` with a mark. */
  readonly output: string;
  readonly seconds: number;
}

/** The most characters of each stream that are kept; a tool that prints more goes on, and the rest is dropped. */
export const maxOutput = 8 * 1024 * 1024;

const graceMilliseconds = 3000;

/** How long a pipe is read on after its tool has ended, for what a daemon of its own may still hold open. */
const lingerMilliseconds = 1000;

/**
 * Runs a tool in a process group of its own, which is ended whole when the tool ends, times out or is cancelled.
 * A tool's "no" is a result; that it could not be started or was cancelled is an error.
 */
export async function run(command: Command, options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const signal = options.signal ?? currentCancellation();
  signal?.throwIfAborted();
  const child = start(command, options);
  const kept = { stdout: collect(child.stdout), output: collect(child.all) };
  const guard = guardGroup(child.pid, options.timeoutSeconds, signal);
  child.once('exit', () => {
    setTimeout(() => {
      for (const stream of [child.stdout, child.stderr, child.all]) stream.destroy();
    }, lingerMilliseconds).unref();
  });
  try {
    const result = await child;
    if (result instanceof ExecaError && result.exitCode === undefined && result.signal === undefined)
      throw new Error(`${command[0]} could not be started: ${result.shortMessage}`, { cause: result });
    signal?.throwIfAborted();
    return {
      command,
      exitCode: result.exitCode,
      timedOut: guard.timedOut(),
      stdout: kept.stdout.text(),
      output: kept.output.text(),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    guard.stop();
  }
}

function start([program, ...args]: Command, { cwd, env }: RunOptions) {
  return execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    detached: true,
    cleanup: true,
    reject: false,
    buffer: false,
    stripFinalNewline: false,
  });
}

/** Ends a process group when its time is over, when it is cancelled, when this process ends or is killed, and when it is stopped. */
function guardGroup(
  pid: number | undefined,
  seconds: number,
  signal: AbortSignal | undefined,
): { timedOut: () => boolean; stop: () => void } {
  const group = endGroup(pid);
  const beyond = pid === undefined ? undefined : guardBeyondDeath(pid);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    group.end();
  }, seconds * 1000);
  signal?.addEventListener('abort', group.end, { once: true });
  process.once('exit', group.kill);
  return {
    timedOut: () => timedOut,
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', group.end);
      process.removeListener('exit', group.kill);
      group.kill();
      beyond?.release();
    },
  };
}

function collect(stream: NodeJS.ReadableStream | null): { text: () => string } {
  const chunks: Buffer[] = [];
  let size = 0;
  let dropped = 0;
  stream?.on('data', (chunk: Buffer | string) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const room = Math.max(0, maxOutput - size);
    if (room > 0) chunks.push(bytes.subarray(0, room));
    size += Math.min(room, bytes.length);
    dropped += Math.max(0, bytes.length - room);
  });
  return {
    text: () =>
      Buffer.concat(chunks).toString('utf8') +
      (dropped > 0 ? `\n[${String(dropped)} more bytes left out]\n` : ''),
  };
}

function endGroup(pid: number | undefined): { end: () => void; kill: () => void } {
  const send = (signal: number) => {
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The whole group is gone already.
    }
  };
  const kill = () => {
    send(constants.signals.SIGKILL);
  };
  const end = () => {
    send(constants.signals.SIGTERM);
    setTimeout(kill, graceMilliseconds).unref();
  };
  return { end, kill };
}
