import { userInfo } from 'node:os';

import type { Client } from '@temporalio/client';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { ClientFailure, exitCodes } from './client/failures.js';
import type * as commandsModule from './client/commands.js';
import type { Output } from './client/commands.js';
import { init } from './client/init.js';
import { runProgram } from './client/programs.js';
import { messageHelp, messageKinds, type Message, type MessageKind } from './contract/messages.js';
import { nameProblem, versionProblem } from './contract/version.js';
import { parseDuration } from './contract/duration.js';

interface Common {
  readonly json: boolean;
  readonly as: string;
}

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

const packageArgument = ['<package>', 'the normalised name', checked(nameProblem)] as const;
const versionArgument = ['<version>', 'the final version, such as 0.2.0', checked(versionProblem)] as const;

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
    await withClient(async (client, commands, output, common) => {
      const { branch, watch, wait, attach, acceptUnisolated } = options;
      const request = {
        package: name,
        version,
        by: common.as,
        wait,
        acceptUnisolated,
        ...(branch === undefined ? {} : { branch }),
        ...(watch === undefined ? {} : { watchSeconds: watch }),
      };
      await commands.start(client, request, attach, output);
    });
  });

interface StartOptions {
  readonly branch?: string;
  readonly watch?: number;
  readonly wait: boolean;
  readonly attach: boolean;
  readonly acceptUnisolated: boolean;
}

program
  .command('status')
  .description('show what a release does and waits for')
  .argument(...packageArgument)
  .argument(...versionArgument)
  .option('--watch', 'go on until the release ends', false)
  .action(async (name: string, version: string, options: { watch: boolean }) => {
    await withClient((client, commands, output) =>
      commands.status(client, name, version, options.watch, output),
    );
  });

program
  .command('list')
  .description('list the releases that the server knows')
  .action(async () => {
    await withClient((client, commands, output) => commands.list(client, output));
  });

for (const kind of messageKinds) addMessage(kind);

program
  .command('init')
  .description('make the workflow by which a package is published without a token')
  .argument('[folder]', 'a checkout of the package', '.')
  .option('--force', 'overwrite one that is another', false)
  .action(async (folder: string, { force }: { force: boolean }) => {
    outputFor(false).print(await init(folder, force));
  });

addProgram('worker', './worker.js', 'run the workers of all zones (or of one: --zone)');
addProgram('up', './up.js', 'run a Temporal server with its Web UI and the workers on this machine');
addProgram('rehearse', '../rehearsal/rehearse.js', 'rehearse a release of any package on local stand-ins');

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

type MessageOptions = Omit<Message, 'by'> & {
  readonly for?: string;
  readonly direct?: boolean;
  readonly settings?: string;
};

function addMessage(kind: MessageKind): void {
  const command = program
    .command(kind)
    .description(messageHelp[kind].split('Input:')[0]?.trim() ?? kind)
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--reason <text>', 'why')
    .option('--digest <digest>', 'of what is answered, twelve digits or more')
    .option('--id <id>', 'makes a repeat of this message harmless');
  addOptions(command, kind);
  command.action(async (name: string, version: string, options: MessageOptions) => {
    const { for: after, direct, settings, ...said } = options;
    if (direct === true) return yankDirectly(name, version, settings, said.reason);
    const message = { ...said, ...(after === undefined ? {} : { until: after }) };
    await withClient((client, commands, output, common) =>
      commands.say(client, { package: name, version }, kind, { ...message, by: common.as }, output),
    ).catch((error: unknown) => {
      throw kind === 'yank' ? orDirectly(error, name, version) : error;
    });
  });
}

/** What only some kinds take. */
function addOptions(command: Command, kind: MessageKind): void {
  if (kind === 'approve' || kind === 'reject')
    command.option(
      '--gate <gate>',
      'branch, coverage, test-index, merge, window, production or put-main-back',
    );
  if (kind === 'report')
    command
      .option('--link <address>', 'where it is shown')
      .option('--command <command>', 'what fails, as others can try it');
  if (kind === 'on-watch')
    command
      .option('--until <time>', 'until when, such as 2026-01-31T22:00:00+01:00')
      .option('--for <duration>', 'for how long from now, such as 6h', untilAfter);
  if (kind === 'yank')
    command
      .option('--direct', 'yank from this machine, with no server and no worker', false)
      .addOption(new Option('--settings <file>', 'the settings of a direct yank').env('SLIPWAY_SETTINGS'));
}

/** Whoever has to yank while nothing answers is told how. */
function orDirectly(error: unknown, name: string, version: string): unknown {
  const { message, code } = told(error);
  if (code !== exitCodes.unreachable) return error;
  return new ClientFailure(
    `${message}\nWhere it cannot wait, an approver yanks from a machine with slipway.toml and the secrets of the urgent zone: \`slipway yank ${name} ${version} --direct --reason "…"\`.`,
    code,
  );
}

/** The yank without the service is a program of its own, because it acts and does not only ask. */
async function yankDirectly(
  name: string,
  version: string,
  settings?: string,
  reason?: string,
): Promise<void> {
  const { as, json } = program.opts<Common>();
  await runProgram(new URL('./direct.js', import.meta.url), [
    ...[name, version, `--as=${as}`],
    ...(reason === undefined ? [] : [`--reason=${reason}`]),
    ...(settings === undefined ? [] : [`--settings=${settings}`]),
    ...(json ? ['--json'] : []),
  ]);
}

/** A program of its own behind one command: it gets the rest of the command line, and its exit code is ours. */
function addProgram(name: string, file: string, description: string): void {
  program
    .command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .argument('[arguments...]')
    .action((_rest: string[], _options: object, command: Command) =>
      runProgram(new URL(file, import.meta.url), command.args),
    );
}

type Commands = typeof commandsModule;

/** The engine's client is loaded only by commands that talk to it: it costs a good part of a second. */
async function withClient(
  body: (client: Client, commands: Commands, output: Output, common: Common) => Promise<void>,
): Promise<void> {
  const common = program.opts<Common>();
  const [{ Client, Connection }, { connectTo, readTemporalConfig }, commands] = await Promise.all([
    import('@temporalio/client'),
    import('./config/connection.js'),
    import('./client/commands.js'),
  ]);
  const temporal = readTemporalConfig();
  const connection = await connectTo(temporal, (options) =>
    Connection.connect({ ...options, connectTimeout: '4s' }),
  );
  try {
    const client = new Client({ connection, namespace: temporal.namespace });
    await body(client, commands, outputFor(common.json), common);
  } finally {
    await connection.close();
  }
}

function outputFor(json: boolean): Output {
  const { stdout, stdin } = process;
  return {
    json,
    interactive: stdout.isTTY && stdin.isTTY && !json,
    print: (text) => stdout.write(`${text}\n`),
    screen: () => ({
      width: stdout.isTTY ? stdout.columns : 80,
      colour: stdout.isTTY && process.env.NO_COLOR === undefined,
      now: new Date(),
    }),
  };
}

function checked(problemOf: (text: string) => string | undefined): (text: string) => string {
  return (text) => {
    const problem = problemOf(text);
    if (problem !== undefined) throw new InvalidArgumentError(problem);
    return text;
  };
}

/** The moment so long from now, ISO 8601. */
function untilAfter(text: string): string {
  return new Date(Date.now() + duration(text) * 1000).toISOString();
}

function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('write a duration such as 90s, 10m or 12h');
  return seconds;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const { message, code } = told(error);
  process.stderr.write(`${message}\n`);
  return code;
}

function told(error: unknown): { readonly message: string; readonly code: number } {
  if (!(error instanceof Error)) return { message: String(error), code: exitCodes.refused };
  if (error instanceof ClientFailure) return { message: error.message, code: error.exitCode };
  const code = error.name === 'ConfigurationError' ? exitCodes.unreachable : exitCodes.refused;
  return { message: error.message, code };
}
