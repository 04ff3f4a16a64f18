import { AsyncLocalStorage } from 'node:async_hooks';
import { totalmem } from 'node:os';

import { isProgram } from './programs.js';
import type { Command } from './run.js';

const bound = new AsyncLocalStorage<number>();

/**
 * Does something of whose tools no process may take more than so many bytes of memory, by default what the machine has:
 * one that wants more fails by itself, and the kernel has nothing to choose from.
 */
export function inMemory<T>(bytes: number | undefined, body: () => Promise<T>): Promise<T> {
  return bound.run(bytes ?? memoryOfMachine(), body);
}

/** The command under the bound that holds here, where the platform has one. */
export async function bounded(command: Command, { PATH = '' }: NodeJS.ProcessEnv): Promise<Command> {
  const bytes = bound.getStore();
  if (bytes === undefined || process.platform !== 'linux' || !(await isProgram('prlimit', PATH)))
    return command;
  // What a process has only reserved is no data yet, and counts for nothing.
  return ['prlimit', `--data=${String(bytes)}`, '--', ...command];
}

function memoryOfMachine(): number {
  const all = totalmem();
  const granted = process.constrainedMemory();
  return granted > 0 ? Math.min(all, granted) : all;
}
