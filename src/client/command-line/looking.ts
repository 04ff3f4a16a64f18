import type { Command } from 'commander';

import { packageArgument, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';

interface StatusOptions {
  readonly watch: boolean;
  readonly full: boolean;
}

/** `slipway status`. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show what a release does and waits for')
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--watch', 'go on until the release ends; the exit code says how', false)
    .option('--full', 'show all that was found, not a line for each step', false)
    .action((name: string, version: string, { watch, full }: StatusOptions) =>
      withClient(
        program,
        () => import('../watching.js'),
        async ({ client, commands, output, as }) => {
          const release = { package: name, version };
          if (watch) process.exitCode = await commands.watch(client, release, full, { output, as });
          else await commands.status(client, release, full, output);
        },
      ),
    );
}

/** `slipway list`. */
export function addList(program: Command): void {
  program
    .command('list')
    .description('list the releases that the server knows')
    .action(() =>
      withClient(
        program,
        () => import('../commands.js'),
        ({ client, commands, output }) => commands.list(client, output),
      ),
    );
}
