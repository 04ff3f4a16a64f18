import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { readPackageConfig, type PackageConfig } from '../../config/package-config.js';
import { failure } from '../../contract/failures.js';
import type { Sha, Source } from '../../contract/release.js';
import { checkout } from './git.js';
import { listRemote } from './git/remote.js';
import type { Workbench } from './workbench.js';

/** Checks the source's commit out into a folder and reads its configuration there, which must be the one agreed on. */
export async function openSource(bench: Workbench, source: Source, folder: string): Promise<PackageConfig> {
  await checkout(bench, source.repository, source.commit, folder);
  const found = await readConfigIn(folder);
  if ('problems' in found || found.digest !== source.config)
    throw failure('integrity', {
      now: `The configuration at commit ${source.commit} is ${'problems' in found ? found.problems.join('; ') : found.digest}.`,
      not: `The release goes by the configuration with digest ${source.config}.`,
      next: 'Send `fix`, so that the branch is read again; or `abort`.',
    });
  return found.config;
}

/** The configuration of the package in a folder, or every problem with it. */
export async function readConfigIn(folder: string): ReturnType<typeof readPackageConfig> {
  const list = await listFiles(folder);
  const read = (file: string) => readFile(path.join(folder, file), 'utf8').catch(() => undefined);
  return readPackageConfig({ pyproject: (await read('pyproject.toml')) ?? '', list, read });
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

/** The commit that a branch, a tag or a commit's own name stands for now; without a name, that of the default branch. */
export async function resolveRef(
  bench: Workbench,
  repository: string,
  ref: string | undefined,
): Promise<Sha> {
  if (ref !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)) return ref;
  const names =
    ref === undefined ? ['HEAD'] : [`refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`];
  const refs = await listRemote({ bench, address: repository }, names);
  const found = names.map((name) => refs.get(name)).find((sha) => sha !== undefined);
  if (found !== undefined) return found;
  throw failure('operator', {
    now: `${repository} can be read.`,
    not: `It holds neither a branch nor a tag ${ref ?? 'HEAD'}.`,
    next: 'Put the ref right under [tool.slipway.applications] and send `fix`, or create it and send `retry`.',
  });
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
