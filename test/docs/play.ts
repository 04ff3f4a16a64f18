import { execa } from 'execa';
import { expect } from 'vitest';

import { root } from '../../tools/paths.mjs';
import { patience } from '../setup/patience.js';
import { shownIn, type ShownCommand } from './shown.js';

/** What happens beside the commands of a document, by its name there. */
export type Happenings = Readonly<Record<string, () => Promise<unknown>>>;

/** Where a document's commands are run. */
export interface Stage {
  /** Where they are typed. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly happenings: Happenings;
  /** The digest that a gate has in this run; a document shows that of another one. */
  digestOf(gate: string): Promise<string>;
}

/**
 * Types what a document shows, in its order, and looks for what it shows as the answer. Digests, times and addresses are
 * those of this run. What only looks is repeated until it shows what the document does.
 */
export async function play(document: string, stage: Stage): Promise<void> {
  const shown = shownIn(document);
  expect(shown.length).toBeGreaterThan(0);
  for (const each of shown) {
    if (each.kind === 'command') await type(each, stage);
    else {
      const happening = stage.happenings[each.what];
      if (happening === undefined) throw new Error(`nothing is known of "${each.what}"`);
      await happening();
    }
  }
}

async function type(command: ShownCommand, stage: Stage): Promise<void> {
  if (!/^npx slipway (status|list|log)\b/.test(command.line)) {
    expectShown(await run(command.line, stage), command.answer, command.line);
    return;
  }
  const isAllShown = async () => {
    const text = await run(command.line, stage);
    return lacking(text, command.answer).length === 0 ? 'all that the document shows' : text;
  };
  await expect.poll(isAllShown, { ...patience, message: command.line }).toBe('all that the document shows');
}

async function run(line: string, stage: Stage): Promise<string> {
  const { env, folder } = stage;
  const gate = /--gate (\S+)/.exec(line)?.[1];
  const now = gate === undefined ? line : line.replace(/(--digest )\S+/, `$1${await stage.digestOf(gate)}`);
  const program = now.replace(/^npx slipway/, `'${process.execPath}' '${root}/bin/slipway.js'`);
  const { all } = await execa('bash', ['-c', program], {
    ...{ cwd: folder, env, stdin: 'ignore', reject: false, all: true },
  });
  return all;
}

/** Sees to it that a text has what a document shows of it. */
export function expectShown(text: string, shown: readonly string[], what: string): void {
  expect(lacking(text, shown), `${what} answers:\n${text}`).toEqual([]);
}

/** The shown lines that do not follow one another in a text. */
function lacking(text: string, shown: readonly string[]): string[] {
  const there = plain(text).split('\n');
  let from = 0;
  return shown.map(plain).filter((line) => {
    if (line.trim() === '…') return false;
    const at = there.indexOf(line, from);
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}

/** A text without what differs from run to run. */
function plain(text: string): string {
  return text
    .replace(/\b[0-9a-f]{12,64}\b/g, '#')
    .replace(/\b[A-Z][a-z]{2} \d{1,2}, \d{2}:\d{2}:\d{2} [AP]M \((in )?[\d.]+ (s|min|h|d)( ago)?\)/g, '@')
    .replace(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '@')
    .replace(/\b[\d.]+ s\b/g, '@ s')
    .replace(/\(\d+:\d\d\)/g, '(@)')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1');
}
