import { Option, type Command } from 'commander';

import { messageHelp, messageKinds, type Message, type MessageKind } from '../../contract/messages.js';
import { commandFor } from '../../contract/trouble.js';
import { ClientFailure, exitCodes, told } from '../failures.js';
import { runProgram } from '../programs.js';
import { commonOptions, packageArgument, untilAfter, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';

type MessageOptions = Omit<Message, 'by'> & {
  readonly for?: string;
  readonly retype?: string;
  readonly direct?: boolean;
  readonly settings?: string;
  readonly key?: string;
};

/** One command for each kind of message: `slipway approve`, `slipway yank` and so on. */
export function addMessages(program: Command): void {
  for (const kind of messageKinds) addMessage(program, kind);
}

function addMessage(program: Command, kind: MessageKind): void {
  const command = program
    .command(kind)
    .description(messageHelp[kind].split('Input:')[0]?.trim() ?? kind)
    .argument(...packageArgument)
    .argument(...versionArgument)
    .option('--reason <text>', 'why')
    .option('--digest <digest>', 'of what is answered, twelve digits or more')
    .option('--id <id>', 'makes a repeat of this message harmless');
  furtherOptions[kind]?.(command);
  command.action(async (name: string, version: string, options: MessageOptions) => {
    const { for: after, retype: retyped, direct, settings, key, ...said } = options;
    if (direct === true) return yankDirectly(program, name, version, settings, said.reason);
    const message = {
      ...said,
      ...(after === undefined ? {} : { until: after }),
      ...(retyped === undefined ? {} : { retyped }),
    };
    await withClient(
      program,
      () => import('../commands.js'),
      ({ client, commands, output, as: by }) =>
        commands.say(client, { package: name, version }, kind, { ...message, by }, output, key),
    ).catch((error: unknown) => {
      throw kind === 'yank' ? orDirectly(error, name, version) : error;
    });
  });
}

/** What only some kinds take. */
const furtherOptions: Partial<Record<MessageKind, (command: Command) => void>> = {
  approve: (command) => {
    addSigned(command);
    command.option('--retype <version>', 'the version again, where you approve what you have started');
  },
  reject: addSigned,
  hold: (command) => {
    addGate(command);
    addUntil(command, 'until when, such as 2026-01-31T22:00:00+01:00; for 24 h by default');
  },
  lift: addGate,
  report: (command) =>
    command
      .option('--link <address>', 'where it is shown')
      .option('--command <command>', 'what fails, as others can try it'),
  'on-watch': (command) => {
    addUntil(command, 'until when, such as 2026-01-31T22:00:00+01:00');
  },
  yank: (command) =>
    command
      .option('--direct', 'yank from this machine, with no server and no worker', false)
      .addOption(new Option('--settings <file>', 'the settings of a direct yank').env('SLIPWAY_SETTINGS')),
  amend: (command) =>
    command
      .option('--approvers <names>', 'who approves from then on, all of them, such as ada,grace', names)
      .option('--quorum <number>', 'how many of them an approval takes', Number),
};

function addGate(command: Command): void {
  command.option('--gate <gate>', 'which of the gates that are open');
}

function addSigned(command: Command): void {
  addGate(command);
  command.addOption(
    new Option(
      '--key <file>',
      "the SSH key to sign with, a .pub file for one in the agent; git's where it signs with SSH; none to sign nothing",
    ).env('SLIPWAY_KEY'),
  );
}

function addUntil(command: Command, until: string): void {
  command
    .option('--until <time>', until)
    .option('--for <duration>', 'for how long from now, such as 6h', untilAfter);
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** Whoever has to yank while nothing answers is told how. */
function orDirectly(error: unknown, name: string, version: string): unknown {
  const { trouble, code } = told(error);
  if (code !== exitCodes.unreachable) return error;
  const direct = commandFor('yank', { package: name, version }, '--direct --reason "…"');
  const next = `${trouble.next} Where it cannot wait, an approver yanks from a machine with slipway.toml and the secrets of the urgent zone: \`${direct}\`.`;
  return new ClientFailure({ ...trouble, next }, code);
}

/** The yank without the service is a program of its own, because it acts and does not only ask. */
async function yankDirectly(
  program: Command,
  name: string,
  version: string,
  settings?: string,
  reason?: string,
): Promise<void> {
  const { as, json } = commonOptions(program);
  await runProgram('src/direct.js', [
    ...[name, version, `--as=${as}`],
    ...(reason === undefined ? [] : [`--reason=${reason}`]),
    ...(settings === undefined ? [] : [`--settings=${settings}`]),
    ...(json ? ['--json'] : []),
  ]);
}
