import { userInfo } from 'node:os';

import { Command, CommanderError, Option } from 'commander';

import { addCompletion } from './client/command-line/completion.js';
import { addEvidence } from './client/command-line/evidence.js';
import { addDoctor, addPlan } from './client/command-line/examining.js';
import { addLog } from './client/command-line/log.js';
import { addList, addStatus } from './client/command-line/looking.js';
import { addMessages } from './client/command-line/messages.js';
import { addInit, addPrograms } from './client/command-line/programs.js';
import { addExitCodes } from './client/command-line/exit-codes.js';
import { addStart } from './client/command-line/start.js';
import { ClientFailure, exitCodes, told } from './client/failures.js';
import { readUserConfig } from './config/user-config.js';
import { troubleLines, type Trouble } from './contract/trouble.js';

// Commands take over what the program says before they are added.
const program = new Command('slipway')
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => {
      write(inWords(wrongCommandLine(text.trim()), exitCodes.usage));
    },
  })
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
A release in eight commands:
  $ slipway up                             # Temporal, its Web UI and the workers
  $ slipway doctor llm-app-test 0.2.0      # will it work?
  $ slipway plan llm-app-test 0.2.0        # what will happen?
  $ slipway start llm-app-test 0.2.0       # from the branch release/0.2.0
  $ slipway status llm-app-test 0.2.0 --watch
  $ slipway approve llm-app-test 0.2.0     # shows what is asked first
  $ slipway on-watch llm-app-test 0.2.0    # the upload waits for somebody at hand
  $ slipway yank llm-app-test 0.2.0 --reason "breaks import on Python 3.10"

Exit codes: 0 done, ${String(exitCodes.refused)} refused or failed, ${String(exitCodes.usage)} wrong command line,
${String(exitCodes.notCounted)} the message did not count, ${String(exitCodes.unreachable)} the server or a worker does not answer;
all of them: slipway exit-codes`,
  );

/** The commands in the order of the help: a family of them is a file of its own. */
const families = [
  addDoctor,
  addPlan,
  addStart,
  addStatus,
  addLog,
  addList,
  addEvidence,
  addMessages,
  addInit,
  addPrograms,
  addCompletion,
  addExitCodes,
];
for (const add of families) add(program);

try {
  await beMyself();
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const { trouble, code } = told(error);
  process.stderr.write(inWords(trouble, code));
  return code;
}

/** What a person's own file says stands for the variables that are not set. */
async function beMyself(): Promise<void> {
  const own = await readUserConfig().catch((error: unknown) => {
    throw new ClientFailure(told(error).trouble, exitCodes.usage);
  });
  for (const [name, value] of Object.entries(own)) process.env[name] ??= value;
}

function wrongCommandLine(said: string): Trouble {
  const now = said.replace(/^error: /, '').replaceAll('\n', ' ');
  return {
    now,
    not: 'Nothing was sent.',
    next: '`slipway --help` shows the commands, `slipway <command> --help` what each takes.',
  };
}

/** Also where the command line is wrong, and so nothing is known of its options. */
function wantsJson(): boolean {
  return process.argv.includes('--json');
}

function inWords(trouble: Trouble, exitCode: number): string {
  if (!wantsJson()) return `${troubleLines(trouble).join('\n')}\n`;
  return `${JSON.stringify({ error: troubleLines(trouble).join('\n'), ...trouble, exitCode })}\n`;
}
