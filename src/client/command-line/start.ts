import type { Command } from 'commander';

import { packageArgument, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';
import { showPlan } from './examining.js';
import { requestOf, withRequestOptions, type RequestOptions } from './request.js';

interface StartOptions extends RequestOptions {
  readonly queue: boolean;
  /** Until the release has ended. */
  readonly wait: boolean;
  readonly attach: boolean;
  readonly dryRun: boolean;
}

/** `slipway start`. */
export function addStart(program: Command): void {
  withRequestOptions(program.command('start'))
    .description("start a release: the package must stand in the service's slipway.toml")
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--queue', 'wait behind another release of the package', false)
    .option('--wait', 'go on until the release has ended; the exit code says how', false)
    .option('--attach', 'join the release if it is open already', false)
    .option('--dry-run', 'show what it would do as `slipway plan` does, and start nothing', false)
    .action(async (name: string, version: string, options: StartOptions) => {
      if (options.dryRun) return showPlan(program, name, version, options);
      return withClient(
        program,
        async () => ({ ...(await import('../commands.js')), ...(await import('../watching.js')) }),
        async ({ client, commands, output, as }) => {
          const request = requestOf(name, version, as, options);
          await commands.start(client, request, options.attach, output);
          if (options.wait) process.exitCode = await commands.watch(client, request, false, { output, as });
        },
      );
    });
}
