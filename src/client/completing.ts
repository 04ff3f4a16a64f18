import type { Command, Option } from 'commander';

import { steps } from '../contract/steps.js';

/** The releases that can be named on the command line. */
export type OpenReleases = () => Promise<readonly { readonly package: string; readonly version: string }[]>;

/** What may stand in place of the last word, whatever it begins with; releases are asked for only where one can stand. */
export async function completions(
  program: Command,
  words: readonly string[],
  releases: OpenReleases,
): Promise<string[]> {
  const [before, last = ''] = [words.slice(0, -1), words.at(-1)];
  const command = program.commands.find(
    (each) => each.name() === before.find((word) => !word.startsWith('-')),
  );
  const candidates = await candidatesFor(program, command, before, last, releases);
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(last));
}

async function candidatesFor(
  program: Command,
  command: Command | undefined,
  before: readonly string[],
  last: string,
  releases: OpenReleases,
): Promise<string[]> {
  const options = [...(command?.options ?? []), ...program.options];
  const asked = options.find((option) => takesValue(option) && isNamed(option, before.at(-1)));
  if (asked !== undefined) return valuesOf(asked);
  if (last.startsWith('-')) return [...options.flatMap(namesOf), '--help'];
  if (command === undefined) return namesIn(program);
  const known = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  if (command.registeredArguments[0]?.name() !== 'package') return known;
  return releaseWords(argumentsIn(command, program, before), releases);
}

/** Packages of open releases, then the versions of that one. */
async function releaseWords([name, version]: readonly string[], releases: OpenReleases): Promise<string[]> {
  if (version !== undefined) return [];
  const open = await releases();
  return name === undefined
    ? open.map((release) => release.package)
    : open.filter((release) => release.package === name).map((release) => release.version);
}

/** The words that are neither options nor their values nor the command. */
function argumentsIn(command: Command, program: Command, before: readonly string[]): string[] {
  const options = [...command.options, ...program.options];
  const isValue = (index: number) =>
    options.some((option) => takesValue(option) && isNamed(option, before[index - 1]));
  return before.filter((word, index) => !word.startsWith('-') && !isValue(index)).slice(1);
}

function namesIn(program: Command): string[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function isNamed(option: Option, word: string | undefined): boolean {
  return word !== undefined && (word === option.long || word === option.short);
}

function namesOf(option: Option): string[] {
  return option.hidden ? [] : [option.long ?? option.short ?? ''];
}

function valuesOf(option: Option): string[] {
  if (option.long === '--step') return steps.map((_, index) => String(index + 1));
  return [...(option.argChoices ?? [])];
}

/** The shells that completion is made for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What a shell reads once, to ask `slipway complete` from then on. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `_slipway() {
  local IFS=$'\\n'
  COMPREPLY=($(slipway complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _slipway slipway`,
  zsh: `#compdef slipway
_slipway() {
  local -a found
  found=("\${(@f)$(slipway complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $found
}
compdef _slipway slipway`,
  fish: `function __slipway_complete
  set -l words (commandline -opc) (commandline -ct)
  slipway complete -- $words[2..-1] 2>/dev/null
end
complete -c slipway -f -a '(__slipway_complete)'`,
};
