import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { readPackageConfig, type PackageConfig } from '../../config/package-config.js';
import { failure } from '../../contract/failures.js';
import type { Source } from '../../contract/release.js';
import { checkout } from './git.js';
import type { Workbench } from './workbench.js';

/** Checks the source's commit out into a folder and reads its configuration there, which must be the one agreed on. */
export async function openSource(bench: Workbench, source: Source, folder: string): Promise<PackageConfig> {
  await checkout(bench, source.repository, source.commit, folder);
  const found = await readPackageConfig(await filesOf(folder));
  if ('problems' in found || found.digest !== source.config)
    throw failure('integrity', {
      now: `The configuration at commit ${source.commit} is ${'problems' in found ? found.problems.join('; ') : found.digest}.`,
      not: `The release goes by the configuration with digest ${source.config}.`,
      next: 'Send `fix`, so that the branch is read again; or `abort`.',
    });
  return found.config;
}

/** The files of a checkout, as paths from its top, in order; nothing of git's own. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.git/') && file !== '.git')
    .sort();
}

async function filesOf(folder: string) {
  const list = await listFiles(folder);
  const read = (file: string): Promise<string | undefined> => readFile(path.join(folder, file), 'utf8').catch(() => undefined);
  return { pyproject: (await read('pyproject.toml')) ?? '', list, read };
}

/** An entry that the request names and the configuration at the commit must hold. */
export function configured<T>(entries: Readonly<Record<string, T>>, name: string): T {
  const found = entries[name];
  if (found === undefined)
    throw failure('refused', {
      now: `The configuration at the commit names ${Object.keys(entries).join(', ') || 'nothing of the kind'}.`,
      not: `It does not name ${name}.`,
      next: 'Send `fix`, so that the branch is read again; or `abort`.',
    });
  return found;
}
