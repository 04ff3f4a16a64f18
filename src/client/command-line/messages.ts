import { Option, type Command } from 'commander';

import { messageHelp, messageKinds, type Message, type MessageKind } from '../../contract/messages.js';
import { ClientFailure, exitCodes, told } from '../failures.js';
import { runProgram } from '../programs.js';
import { commonOptions, packageArgument, untilAfter, versionArgument } from './arguments.js';
import { withClient } from './connecting.js';

type MessageOptions = Omit<Message, 'by'> & {
  readonly for?: string;
  readonly direct?: boolean;
  readonly settings?: string;
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
  addOptions(command, kind);
  command.action(async (name: string, version: string, options: MessageOptions) => {
    const { for: after, direct, settings, ...said } = options;
    if (direct === true) return yankDirectly(program, name, version, settings, said.reason);
    const message = { ...said, ...(after === undefined ? {} : { until: after }) };
    await withClient(
      program,
      () => import('../commands.js'),
      ({ client, commands, output, as: by }) =>
        commands.say(client, { package: name, version }, kind, { ...message, by }, output),
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
