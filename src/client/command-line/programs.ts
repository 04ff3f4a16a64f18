import type { Command } from 'commander';

import { init } from '../init.js';
import { outputFor } from '../output.js';
import { runProgram } from '../programs.js';

/** `slipway init`. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('make the workflow by which a package is published without a token')
    .argument('[folder]', 'a checkout of the package', '.')
    .option('--force', 'overwrite one that is another', false)
    .action(async (folder: string, { force }: { force: boolean }) => {
      outputFor(false).print(await init(folder, force));
    });
}

/** The programs of the service that the `slipway` command starts. */
export function addPrograms(program: Command): void {
  addProgram(program, 'worker', 'src/worker.js', 'run the workers of all zones (or of one: --zone)');
  addProgram(
    program,
    'up',
    'src/up.js',
    'run a Temporal server with its Web UI and the workers on this machine',
  );
  addProgram(program, 'notify', 'src/notify.js', 'try a channel by which people are told: --try <channel>');
  addProgram(
    program,
    'rehearse',
    'rehearsal/rehearse.js',
    'rehearse a release of any package on local stand-ins',
  );
}

/** A program of its own behind one command: it gets the rest of the command line, and its exit code is ours. */
function addProgram(program: Command, name: string, file: string, description: string): void {
  program
    .command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .argument('[arguments...]')
    // As it was typed: some options of a program have the names of ours.
    .action(() => runProgram(file, process.argv.slice(process.argv.indexOf(name) + 1)));
}
