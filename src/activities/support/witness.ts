import { AsyncLocalStorage } from 'node:async_hooks';
import path from 'node:path';

import { hiddenOf } from './network.js';
import { redact } from '../../evidence/redact.js';
import type { Command } from './run.js';
import type { Workbench } from './workbench.js';

const seen = new AsyncLocalStorage<Set<string>>();

/** What is told of one command or request. */
const longest = 200;

/** A tool is about to be run. */
export function witnessCommand([program, ...args]: Command): void {
  seen.getStore()?.add([path.basename(program), ...withoutSettings(args).map(quotedArgument)].join(' '));
}

/** A request is about to be made. */
export function witnessRequest(method: string, url: string): void {
  seen.getStore()?.add(`${method} ${url}`);
}

/** Does something and says what it ran and asked for, each once, without folders of the service and without credentials. */
export async function witnessed<T>(
  bench: Workbench,
  body: () => Promise<T>,
): Promise<{ readonly value: T; readonly ran: readonly string[] }> {
  const all = new Set<string>();
  const value = await seen.run(all, body);
  const shown = [...all].map((line) =>
    redact(line, hiddenOf(bench))
      .replaceAll(path.join(bench.settings.state, 'work', path.sep), '')
      .replaceAll(bench.settings.state, 'state')
      .slice(0, longest),
  );
  return { value, ran: [...new Set(shown)] };
}

/** The settings that git is given with every command are no part of what is done. */
function withoutSettings(args: readonly string[]): string[] {
  return args.filter((arg, at) => arg !== '-c' && args[at - 1] !== '-c' && !arg.startsWith('--git-dir='));
}

function quotedArgument(argument: string): string {
  return /^[\w@%+=:,./^{}*-]+$/.test(argument) ? argument : JSON.stringify(argument);
}
