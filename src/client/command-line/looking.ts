import type { Command } from 'commander';

import { packageArgument, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';

/** `slipway status`. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show what a release does and waits for')
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--watch', 'go on until the release ends', false)
    .action((name: string, version: string, { watch }: { watch: boolean }) =>
      withClient(
        program,
        () => import('../commands.js'),
        ({ client, commands, output }) => commands.status(client, name, version, watch, output),
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
