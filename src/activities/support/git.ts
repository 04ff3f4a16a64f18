import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Sha } from '../../contract/release.js';
import { git, tail, type GitContext } from './git/command.js';
import { discard, mirrorWith } from './git/mirror.js';
import { checkSha } from './git/names.js';
import { readCommit } from './git/objects.js';
import type { Workbench } from './workbench.js';

/**
 * Puts a commit into a new folder: a repository of its own with its own objects, without history, its head detached.
 * Nothing that the commit holds is run, and no submodule is fetched.
 */
export async function checkout(
  bench: Workbench,
  repository: string,
  commit: Sha,
  folder: string,
): Promise<void> {
  const mirror = await mirrorWith(bench, repository, commit);
  const problem = await checkoutFrom(mirror, mirror.folder, commit, folder);
  if (problem === undefined) return;
  // Objects are verified on the way, so a copy that cannot give them is damaged.
  await discard(mirror);
  const another = await mirrorWith(bench, repository, commit);
  const again = await checkoutFrom(another, another.folder, commit, folder);
  if (again !== undefined) throw new Error(`${commit} of ${repository} could not be checked out: ${again}`);
}

async function checkoutFrom(
  context: GitContext,
  from: string,
  commit: Sha,
  folder: string,
): Promise<string | undefined> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const local = { bench: context.bench, address: from };
  const gitDir = path.join(folder, '.git');
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  const steps = [
    ['init', '--quiet', '--template=', `--object-format=${format}`],
    [
      'fetch',
      '--quiet',
      '--depth=1',
      '--no-tags',
      '--no-recurse-submodules',
      '--end-of-options',
      from,
      checkSha(commit),
    ],
    ['update-ref', '--no-deref', 'HEAD', commit],
    ['read-tree', '--reset', '-u', commit],
  ];
  for (const args of steps) {
    const init = args[0] === 'init';
    const result = await git(local, args, { cwd: folder, timeoutSeconds: 600, ...(init ? {} : { gitDir }) });
    if (result.exitCode !== 0) return tail(result);
  }
  return undefined;
}

/** The committer's date of a commit, in seconds since 1970. */
export async function readCommitTime(bench: Workbench, repository: string, commit: Sha): Promise<number> {
  return (await readCommit(await mirrorWith(bench, repository, commit), commit)).time;
}
