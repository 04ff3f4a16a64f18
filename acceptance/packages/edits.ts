import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Edit } from './real-package.js';

/** A file is renamed. */
export function renamed(name: string, other: string): Edit {
  return {
    what: `${name} is renamed to ${other}`,
    edit: (folder) => rename(path.join(folder, name), path.join(folder, other)),
  };
}

/** Lines are written at the end of a file, which may be a new one. */
export function appended(what: string, name: string, lines: string): Edit {
  return { what, edit: (folder) => appendFile(path.join(folder, name), lines) };
}

/** A text of a file gives way to another. */
export function replaced(what: string, name: string, text: string, other: string): Edit {
  return { what, edit: (folder) => change(folder, name, text, (before) => before.replace(text, other)) };
}

/** A workflow that uploads to PyPI by itself is taken out, or what of it begins with a line. */
export function withoutPublishing(workflow: string, from?: string): Edit {
  const name = `.github/workflows/${workflow}`;
  return from === undefined
    ? {
        what: `${name}, which uploads by itself, is taken out`,
        edit: (folder) => rm(path.join(folder, name)),
      }
    : {
        what: `the jobs that upload by themselves are taken out of ${name}`,
        edit: (folder) => change(folder, name, from, (before) => before.slice(0, before.indexOf(from))),
      };
}

async function change(
  folder: string,
  name: string,
  text: string,
  edited: (before: string) => string,
): Promise<void> {
  const file = path.join(folder, name);
  const before = await readFile(file, 'utf8');
  if (!before.includes(text)) throw new Error(`${name} does not hold ${text}`);
  await writeFile(file, edited(before));
}
