import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { findChangelog, readEntry } from '../../src/config/changelog.js';

/** Writes what the people of a package write for each release, in the form of the entries before: its number is made up here. */
export async function writeEntry(folder: string, version: string): Promise<void> {
  const place = findChangelog([...(await readdir(folder)), ...(await below(folder, 'docs'))]);
  if (place === undefined || 'fragments' in place) return;
  const file = path.join(folder, place.file);
  const before = await readFile(file, 'utf8');
  if ('text' in readEntry(place.file, before, version)) return;
  await writeFile(file, withEntry(before, version));
}

async function below(folder: string, name: string): Promise<string[]> {
  const files = await readdir(path.join(folder, name)).catch(() => []);
  return files.map((file) => `${name}/${file}`);
}

function withEntry(text: string, version: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line, index) => /\d\.\d/.test(line) && signsOf(lines, index) !== undefined);
  const signs = at === -1 ? '' : (signsOf(lines, at) ?? '');
  const heading = signs.startsWith('#')
    ? [`${signs} ${version}`]
    : [version, (signs === '' ? '=' : signs).repeat(version.length)];
  const said = [...heading, '', '- A rehearsal.', ''];
  return [...lines.slice(0, Math.max(at, 0)), ...said, ...lines.slice(Math.max(at, 0))].join('\n');
}

/** The signs that make a line a heading: those before it, or the one that the line below is made of. */
function signsOf(lines: readonly string[], at: number): string | undefined {
  return /^(#+) /.exec(lines[at] ?? '')?.[1] ?? /^([^\w\s])\1{2,}\s*$/.exec(lines[at + 1] ?? '')?.[1];
}
