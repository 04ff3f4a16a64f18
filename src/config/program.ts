import { parseArgs, type ParseArgsConfig } from 'node:util';

import { troubleOf } from '../contract/failures.js';
import { troubleLines, type Trouble } from '../contract/trouble.js';
import { ConfigurationError } from './problems.js';

/** A program of the service as it is called; `--help` is added to its options. */
interface Program<Config extends ParseArgsConfig> {
  readonly usage: string;
  readonly config: Config;
  /** What is not so, a sentence, where it cannot do its work. */
  readonly not: string;
  main(this: void, given: ReturnType<typeof parseArgs<Config>>): Promise<void>;
}

/** Something that was typed wrong, and what to type instead. */
export class WrongCommandLine extends ConfigurationError {
  constructor(problem: string, remedy: string) {
    super([problem], { remedy });
  }
}

/** Runs a program with its command line; what keeps it from its work is told in three lines. */
export async function run<Config extends ParseArgsConfig>(program: Program<Config>): Promise<void> {
  const { usage, not, main } = program;
  const options = { ...program.config.options, help: { type: 'boolean', short: 'h' } } as const;
  let given: ReturnType<typeof parseArgs<Config>>;
  try {
    given = parseArgs({ ...program.config, options }) as typeof given;
  } catch (error) {
    const [now = ''] = messageOf(error).split('. ');
    tell({ now: `${now}.`, not, next: `Type it as this shows.\n\n${usage}` });
    process.exitCode = 2;
    return;
  }
  if ('help' in given.values) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    await main(given);
  } catch (error) {
    tell(troubleWith(error, not));
    process.exitCode = error instanceof WrongCommandLine ? 2 : 1;
  }
}

/**
 * Resolves when somebody wants this program to end: by Ctrl-C, which comes once more from each program between, by `kill`,
 * or by closing its terminal, whose loss is then no error of its own.
 */
export function interruption(): Promise<undefined> {
  return new Promise((resolve) => {
    const end = () => {
      resolve(undefined);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    process.once('SIGHUP', () => {
      for (const stream of [process.stdout, process.stderr]) stream.on('error', end);
    });
  });
}

/** Why a program does not do its work. */
function troubleWith(error: unknown, not: string): Trouble {
  if (error instanceof ConfigurationError) return { ...error.told, not };
  const next = 'Mend that, then the same command again.';
  return troubleOf(error) ?? { now: messageOf(error), not, next };
}

function tell(trouble: Trouble): void {
  process.stderr.write(`${troubleLines(trouble).join('\n')}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
