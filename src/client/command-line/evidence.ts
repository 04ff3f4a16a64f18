import type { Command } from 'commander';

import { packageArgument, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';

/** `slipway evidence`. */
export function addEvidence(program: Command): void {
  program
    .command('evidence')
    .description('write what proves a release: a JSON file, a page to read, and an in-toto statement')
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--out <folder>', 'where to write', '.')
    .action((name: string, version: string, { out }: { out: string }) =>
      withClient(
        program,
        () => import('../evidence.js'),
        ({ client, commands, output }) => commands.evidence(client, { package: name, version }, out, output),
      ),
    );
}
