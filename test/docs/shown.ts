import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { root } from '../../tools/paths.mjs';

/** What a document shows to be typed, with the lines of its answer that are shown. */
export interface ShownCommand {
  readonly kind: 'command';
  readonly line: string;
  /** A line `…` stands for any lines. */
  readonly answer: readonly string[];
}

/** What happens beside, in a comment `<!-- meanwhile: … -->` that readers do not see. */
export interface Meanwhile {
  readonly kind: 'meanwhile';
  readonly what: string;
}

/** Everything that a document shows to be typed, and what happens between, in order. */
export function shownIn(text: string): (ShownCommand | Meanwhile)[] {
  const parts = text.matchAll(/^( *)```console\n([\s\S]*?)^ *```$|^<!-- meanwhile: (.*) -->$/gm);
  return [...parts].flatMap(([, indent = '', block, what = '']): (ShownCommand | Meanwhile)[] =>
    block === undefined
      ? [{ kind: 'meanwhile', what }]
      : commandsOf(block.replaceAll(new RegExp(`^${indent}`, 'gm'), '')),
  );
}

/** A line that ends in a backslash goes on in the next one; a prompt that is indented belongs to an answer. */
function commandsOf(block: string): ShownCommand[] {
  const [before = '', ...prompts] = block.replaceAll('\\\n', '').split(/^\$ /m);
  if (before.trim() !== '') throw new Error(`a command is shown without its prompt: ${before}`);
  return prompts.map((prompt) => {
    const [line = '', ...answer] = prompt.trimEnd().split('\n');
    return { kind: 'command', line: withoutRemark(line), answer };
  });
}

function withoutRemark(line: string): string {
  return line.replace(/ +# .*$/, '').trim();
}

/** The documents for people who use or change this, by their path from the root. */
export async function documents(): Promise<ReadonlyMap<string, string>> {
  const folders = ['.', 'docs', 'docs/walkthroughs'];
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(path.join(root, folder)))
        .filter((name) => name.endsWith('.md'))
        .map((name) => path.join(folder, name)),
    ),
  );
  const read = async (name: string) => [name, await readFile(path.join(root, name), 'utf8')] as const;
  return new Map(await Promise.all(names.flat().map(read)));
}
