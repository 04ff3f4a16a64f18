import type { Command } from 'commander';

import { duration, packageArgument, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';

interface StartOptions {
  readonly branch?: string;
  readonly watch?: number;
  readonly wait: boolean;
  readonly attach: boolean;
  readonly acceptUnisolated: boolean;
}

/** `slipway start`. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description("start a release: the package must stand in the service's slipway.toml")
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--branch <branch>', 'the release branch, if it is not the one in the settings')
    .option('--watch <duration>', 'how long to watch after the upload, such as 12h', duration)
    .option('--wait', 'wait behind another release of the package', false)
    .option('--attach', 'join the release if it is open already', false)
    .option('--accept-unisolated', 'project code may run beside the tokens, a process apart', false)
    .action(async (name: string, version: string, options: StartOptions) => {
      const { branch, watch, wait, attach, acceptUnisolated } = options;
      await withClient(
        program,
        () => import('../commands.js'),
        async ({ client, commands, output, as: by }) => {
          const request = {
            package: name,
            version,
            by,
            wait,
            acceptUnisolated,
            ...(branch === undefined ? {} : { branch }),
            ...(watch === undefined ? {} : { watchSeconds: watch }),
          };
          await commands.start(client, request, attach, output);
        },
      );
    });
}
