import { setMaxListeners } from 'node:events';

import { execa, ExecaError } from 'execa';

import { currentCancellation } from './cancellation.js';
import { bounded } from './memory-bound.js';
import { giveWay } from './priority.js';
import { newMark } from './strays.js';
import { signalGroup, startGuarded } from './warden.js';
import { witnessCommand } from './witness.js';

/** A program and its arguments; never a shell line. */
export type Command = readonly [program: string, ...args: string[]];

/** How a tool is run. */
export interface RunOptions {
  readonly cwd: string;
  /** The whole environment of the tool: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** What the tool reads on its standard input; nothing by default. */
  readonly input?: string;
  /** Cancels the tool; by default the running activity's own cancellation. */
  readonly signal?: AbortSignal;
  /** Gets both streams as they come, up to what is kept of them. */
  readonly onOutput?: (chunk: Buffer) => void;
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
 * Runs a tool in a process group of its own, which is ended whole when the tool ends, times out or is cancelled; of other
 * people's code, what has left the group is ended too.
 * A tool's "no" is a result; that it could not be started or was cancelled is an error.
 */
export async function run(command: Command, options: RunOptions): Promise<RunResult> {
  const began = performance.now();
  const signal = options.signal ?? currentCancellation();
  const mark = newMark();
  const started = await bounded(command, options.env);
  signal?.throwIfAborted();
  witnessCommand(command);
  const { child, release } = startGuarded(() =>
    start(started, { ...options, env: { ...options.env, ...mark.env } }),
  );
  if (child.pid !== undefined) giveWay(child.pid);
  const kept = { stdout: collect(child.stdout), output: collect(child.all, options.onOutput) };
  const limits = limitGroup(child.pid, options.timeoutSeconds, signal);
  child.once('exit', () => {
    limits.lift();
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
      timedOut: limits.timedOut(),
      stdout: kept.stdout.text(),
      output: kept.output.text(),
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    limits.lift();
    // What the tool left behind in its group is ended with it.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    release();
    await mark.endStrays();
  }
}

function start([program, ...args]: Command, { cwd, env, input }: RunOptions) {
  return execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    all: true,
    detached: true,
    cleanup: true,
    reject: false,
    buffer: false,
    stripFinalNewline: false,
  });
}

/** Ends a process group when its time is over and when it is cancelled, at first with a request and then for good. */
function limitGroup(
  group: number | undefined,
  seconds: number,
  signal: AbortSignal | undefined,
): { timedOut: () => boolean; lift: () => void } {
  const timers: NodeJS.Timeout[] = [];
  let timedOut = false;
  const end = () => {
    if (group === undefined) return;
    signalGroup(group, 'SIGTERM');
    timers.push(setTimeout(() => signalGroup(group, 'SIGKILL'), graceMilliseconds));
  };
  timers.push(
    setTimeout(() => {
      timedOut = true;
      end();
    }, seconds * 1000),
  );
  // An activity may run as many tools at once as it likes.
  if (signal !== undefined) setMaxListeners(0, signal);
  signal?.addEventListener('abort', end, { once: true });
  return {
    timedOut: () => timedOut,
    // A number that is free again may be another group's by then.
    lift: () => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}

function collect(
  stream: NodeJS.ReadableStream | null,
  onOutput?: (chunk: Buffer) => void,
): { text: () => string } {
  const chunks: Buffer[] = [];
  let size = 0;
  let dropped = 0;
  stream?.on('data', (chunk: Buffer | string) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const room = Math.max(0, maxOutput - size);
    if (room > 0) {
      chunks.push(bytes.subarray(0, room));
      onOutput?.(bytes.subarray(0, room));
    }
    size += Math.min(room, bytes.length);
    dropped += Math.max(0, bytes.length - room);
  });
  return {
    text: () =>
      Buffer.concat(chunks).toString('utf8') +
      (dropped > 0 ? `\n[${String(dropped)} more bytes left out]\n` : ''),
  };
}
