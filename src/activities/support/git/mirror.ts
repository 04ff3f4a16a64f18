import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { digestOf } from '../../../contract/digest.js';
import { failure } from '../../../contract/failures.js';
import type { Sha } from '../../../contract/release.js';
import { withLock } from '../lock.js';
import type { RunResult } from '../run.js';
import type { Workbench } from '../workbench.js';
import { git, tail, unreachable, type GitContext, type GitOptions } from './command.js';
import { checkSha } from './names.js';
import { listRemote } from './remote.js';

/**
 * A bare copy of a repository that all workers of the machine share. It holds nothing that cannot be fetched or made
 * again, so one that is damaged is thrown away; our own commits are made in it.
 */
export interface Mirror extends GitContext {
  readonly folder: string;
  /** Tells this copy from one that took its place. */
  readonly inode: number;
}

const fetched = ['heads', 'tags', 'slipway'].map((name) => `+refs/${name}/*:refs/${name}/*`);

/** The mirror as the remote stands now. */
export async function freshMirror(bench: Workbench, address: string): Promise<Mirror> {
  const context = { bench, address };
  const folder = folderOf(context);
  await mkdir(path.dirname(folder), { recursive: true });
  return withLock(`${folder}.lock`, async () => {
    const mirror = await openMirror(context, folder);
    const first = await fetchInto(mirror);
    if (first.exitCode === 0) return mirror;
    if (first.timedOut) throw unreachable(address, first);
    // Where the remote answers, what is broken is the copy.
    await listRemote(context);
    await discard(mirror);
    const another = await openMirror(context, folder);
    const second = await fetchInto(another);
    if (second.exitCode === 0) return another;
    throw new Error(`${address} could not be fetched into a new copy: ${tail(second)}`);
  });
}

/** A mirror that holds a commit; the remote is asked only if this copy does not know it yet. */
export async function mirrorWith(bench: Workbench, address: string, commit: Sha): Promise<Mirror> {
  const folder = folderOf({ bench, address });
  if (await isFolder(folder)) {
    const mirror = await openMirror({ bench, address }, folder);
    if (await hasCommit(mirror, commit)) return mirror;
  }
  const mirror = await freshMirror(bench, address);
  if (await hasCommit(mirror, commit)) return mirror;
  // A damaged copy may have lost it.
  await discard(mirror);
  const another = await freshMirror(bench, address);
  if (await hasCommit(another, commit)) return another;
  throw failure('operator', {
    now: `${address} was fetched.`,
    not: `No branch, tag or release ref of it holds the commit ${commit}.`,
    next: 'Push the commit again and send `retry`; or send `fix`, so that the branch is read anew.',
  });
}

function folderOf({ bench, address }: GitContext): string {
  return path.join(bench.settings.state, 'git', `${digestOf(address).slice(0, 32)}.git`);
}

async function openMirror(context: GitContext, folder: string): Promise<Mirror> {
  if (!(await isFolder(folder))) await createMirror(context, folder);
  return { ...context, folder, inode: (await stat(folder)).ino };
}

async function createMirror(context: GitContext, folder: string): Promise<void> {
  const [someSha = ''] = (await listRemote(context)).values();
  const temporary = `${folder}.${randomUUID()}`;
  const format = someSha.length === 64 ? 'sha256' : 'sha1';
  const made = await git(context, [
    'init',
    '--quiet',
    '--bare',
    '--template=',
    `--object-format=${format}`,
    temporary,
  ]);
  if (made.exitCode !== 0) throw new Error(`no copy of ${context.address} could be made: ${tail(made)}`);
  await rename(temporary, folder).catch(async (error: unknown) => {
    await rm(temporary, { recursive: true, force: true });
    // Another process was faster.
    if (!(await isFolder(folder))) throw error;
  });
}

function fetchInto({ folder, ...context }: Mirror): Promise<RunResult> {
  const quietly = ['--quiet', '--prune', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  return git(
    context,
    ['fetch', ...quietly, '--no-auto-maintenance', '--end-of-options', context.address, ...fetched],
    { gitDir: folder },
  );
}

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() === true;
}

/** Throws a damaged copy away, unless it was replaced already; the next use makes a new one. */
export async function discard({ folder, inode }: Mirror): Promise<void> {
  if ((await stat(folder).catch(() => undefined))?.ino !== inode) return;
  const away = `${folder}.${randomUUID()}`;
  await rename(folder, away);
  await rm(away, { recursive: true, force: true, maxRetries: 3 });
}

/** Runs a command that cannot fail in a sound mirror; if it does, the mirror is thrown away and the error is retried. */
export async function inMirror(
  mirror: Mirror,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  const result = await git(mirror, args, { ...options, gitDir: mirror.folder });
  if (result.exitCode === 0) return result.stdout;
  await discard(mirror);
  throw new Error(
    `git ${args[0] ?? ''} failed in the copy of ${mirror.address}, which was thrown away: ${tail(result)}`,
  );
}

/** Whether the mirror holds a commit. */
export async function hasCommit(mirror: Mirror, commit: Sha): Promise<boolean> {
  const result = await git(mirror, ['cat-file', '-e', `${checkSha(commit)}^{commit}`], {
    gitDir: mirror.folder,
  });
  return result.exitCode === 0;
}

/** Whether one commit is the other or an ancestor of it. */
export async function isAncestor(mirror: Mirror, ancestor: Sha, descendant: Sha): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', checkSha(ancestor), checkSha(descendant)];
  const result = await git(mirror, args, { gitDir: mirror.folder });
  if (result.exitCode === 0 || result.exitCode === 1) return result.exitCode === 0;
  await discard(mirror);
  throw new Error(
    `git merge-base failed in the copy of ${mirror.address}, which was thrown away: ${tail(result)}`,
  );
}
