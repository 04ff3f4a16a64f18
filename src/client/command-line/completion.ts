import type * as engineModule from '@temporalio/client';
import { Argument, type Command } from 'commander';

import type { TemporalConfig } from '../../config/connection.js';
import { searchAttributes, workflowTypes } from '../../contract/handles.js';
import { completions, completionScripts, shells, type OpenReleases, type Shell } from '../completing.js';
import { outputFor } from '../output.js';

/** Whoever types waits so long for the server, in milliseconds. */
const patience = 300;

/** `slipway completion`, and `slipway complete`, which the shells ask. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print what a shell reads to complete this command line')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      `
  $ source <(slipway completion bash)      # in ~/.bashrc
  $ source <(slipway completion zsh)       # in ~/.zshrc, after compinit
  $ slipway completion fish | source       # in ~/.config/fish/config.fish`,
    )
    .action((shell: Shell) => {
      outputFor(false).print(completionScripts[shell]);
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const found = await completions(program, words, openReleases);
      // What still asks the server is given up.
      process.stdout.write(found.map((word) => `${word}\n`).join(''), () => process.exit(0));
    });
}

/** The open releases, or none where the server does not say so in time. */
async function openReleases(): ReturnType<OpenReleases> {
  const [engine, { readTemporalConfig }] = await Promise.all([
    import('@temporalio/client'),
    import('../../config/connection.js'),
  ]);
  const late = new Promise<[]>((resolve) => setTimeout(resolve, patience, []));
  return Promise.race([late, listOpen(engine, readTemporalConfig()).catch(() => [])]);
}

/** The open releases that a server lists. */
export async function listOpen(
  { Client, Connection }: typeof engineModule,
  { options, namespace }: TemporalConfig,
): ReturnType<OpenReleases> {
  const client = new Client({ connection: await Connection.connect(options), namespace });
  const query = `WorkflowType = '${workflowTypes.release}' AND ExecutionStatus = 'Running'`;
  const found: { package: string; version: string }[] = [];
  for await (const { typedSearchAttributes } of client.workflow.list({ query })) {
    const all = typedSearchAttributes.getAll();
    const text = (name: string) => String(all.find(({ key }) => key.name === name)?.value ?? '');
    found.push({ package: text(searchAttributes.package), version: text(searchAttributes.version) });
  }
  return found;
}
