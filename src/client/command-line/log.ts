import { InvalidArgumentError, type Command } from 'commander';

import { packageArgument, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';

interface LogOptions {
  readonly step?: number;
  readonly candidate?: string;
  readonly follow: boolean;
}

/** `slipway log`. */
export function addLog(program: Command): void {
  program
    .command('log')
    .description('print what the tools of a step have printed, also while it runs')
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--step <number>', 'of the twelve; by default the one that runs or ran last', stepNumber)
    .option('--candidate <devN>', 'what the findings of an earlier candidate rest on')
    .option('--follow', 'go on until the step has ended', false)
    .action((name: string, version: string, { follow, ...wish }: LogOptions) =>
      withClient(
        program,
        () => import('../log.js'),
        ({ client, commands, output }) =>
          commands.log(client, { package: name, version }, wish, follow, output),
      ),
    );
}

function stepNumber(text: string): number {
  if (!/^([1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('write the number of a step, 1 to 12');
  return Number(text);
}
