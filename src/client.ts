import { userInfo } from 'node:os';

import { Command, CommanderError, Option } from 'commander';

import { addList, addStatus } from './client/command-line/looking.js';
import { addMessages } from './client/command-line/messages.js';
import { addInit, addPrograms } from './client/command-line/programs.js';
import { addStart } from './client/command-line/start.js';
import { exitCodes, told } from './client/failures.js';

// Commands take over what the program says before they are added.
const program = new Command('slipway')
  .exitOverride()
  .description(
    'Takes a Python package through a twelve-step release procedure, durably.\n\nA release is started once, waits for people at its gates, watches what it\npublished, and can be yanked at any second after the first upload.',
  )
  .version('0.1.0')
  .configureHelp({ showGlobalOptions: true })
  .option('--json', 'print one line of JSON', false)
  .addOption(
    new Option('--as <name>', 'who you are (a claim, shown as unverified)')
      .env('SLIPWAY_AS')
      .default(userInfo().username),
  )
  .addHelpText(
    'after',
    `
A release in six commands:
  $ slipway up                             # Temporal, its Web UI and the workers
  $ slipway start llm-app-test 0.2.0       # from the branch release/0.2.0
  $ slipway status llm-app-test 0.2.0 --watch
  $ slipway approve llm-app-test 0.2.0     # shows what is asked first
  $ slipway on-watch llm-app-test 0.2.0    # the upload waits for somebody at hand
  $ slipway yank llm-app-test 0.2.0 --reason "breaks import on Python 3.10"

Exit codes: 0 done, ${String(exitCodes.refused)} refused or failed, ${String(exitCodes.usage)} wrong command line,
${String(exitCodes.notCounted)} the message did not count, ${String(exitCodes.unreachable)} the server or a worker does not answer.`,
  );

/** The commands in the order of the help: a family of them is a file of its own. */
const families = [addStart, addStatus, addList, addMessages, addInit, addPrograms];
for (const add of families) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const { message, code } = told(error);
  process.stderr.write(`${message}\n`);
  return code;
}
