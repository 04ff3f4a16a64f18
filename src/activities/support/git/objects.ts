import { createHash } from 'node:crypto';

import { ConfigurationError } from '../../../config/problems.js';
import type { Sha } from '../../../contract/release.js';
import { inMirror, type Mirror } from './mirror.js';
import { checkSha } from './names.js';

/** An entry of a commit's tree, at any depth. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` (symbolic link) or `160000` (submodule). */
  readonly mode: string;
  readonly sha: Sha;
  readonly path: string;
}

/** What a commit is made of. */
export interface CommitFacts {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  /** The committer's date in seconds since 1970. */
  readonly time: number;
}

/** Tree, parents and date of a commit. */
export async function readCommit(mirror: Mirror, commit: Sha): Promise<CommitFacts> {
  const text = await inMirror(mirror, [
    'log',
    '-1',
    '--no-show-signature',
    '--format=%T %ct %P',
    checkSha(commit),
    '--',
  ]);
  const [tree = '', time = '', ...parents] = text.trim().split(' ');
  return { tree: checkSha(tree), time: Number(time), parents: parents.map(checkSha) };
}

/** The commit that a ref of the mirror stands for, or undefined. */
export async function readRef(mirror: Mirror, ref: string): Promise<Sha | undefined> {
  const text = await inMirror(mirror, [
    'for-each-ref',
    '--format=%(refname) %(objectname) %(*objectname)',
    '--',
    ref,
  ]);
  const found = text
    .split('\n')
    .map((line) => line.split(' '))
    .find(([name]) => name === ref);
  return found === undefined
    ? undefined
    : checkSha(found[2] === undefined || found[2] === '' ? (found[1] ?? '') : found[2]);
}

/** The full names of the mirror's refs under a prefix such as `refs/heads/`. */
export async function listRefs(mirror: Mirror, prefix: string): Promise<string[]> {
  const text = await inMirror(mirror, ['for-each-ref', '--format=%(refname)', '--', prefix]);
  return text.split('\n').filter((line) => line !== '');
}

/** A commit with its tree and its parents. */
export interface ListedCommit {
  readonly commit: Sha;
  readonly tree: Sha;
  readonly parents: readonly Sha[];
}

/** Each commit that a ref stands for whose full name fits a pattern; `*` stays between two slashes. */
export async function listCommits(mirror: Mirror, pattern: string): Promise<ListedCommit[]> {
  const format = '--format=%(objectname) %(tree) %(parent)';
  return listed(await inMirror(mirror, ['for-each-ref', format, '--', pattern]));
}

function listed(text: string): ListedCommit[] {
  return text.split('\n').flatMap((line) => {
    const [commit = '', tree = '', ...parents] = line.split(' ').filter((sha) => sha !== '');
    return commit === '' ? [] : [{ commit, tree, parents }];
  });
}

/** Every file, link and submodule of a commit. */
export async function listTree(mirror: Mirror, commit: Sha): Promise<TreeEntry[]> {
  const text = await inMirror(mirror, ['ls-tree', '-r', '-z', '--full-tree', checkSha(commit)]);
  return text.split('\0').flatMap((line) => {
    const parts = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line);
    const [, mode, sha, path] = parts ?? [];
    return mode === undefined || sha === undefined || path === undefined ? [] : [{ mode, sha, path }];
  });
}

/**
 * Texts that were read last, by their names: a name stands for one text, and the configuration is read by every activity.
 */
const known = new Map<Sha, string>();
const mostKnown = 64;
const longestKnown = 64 * 1024;

/** A file's text; that it is no UTF-8, or no plain file, is a ConfigurationError. */
export async function readText(mirror: Mirror, { mode, sha, path }: TreeEntry): Promise<string> {
  if (!mode.startsWith('100'))
    throw new ConfigurationError([`${path} is not a plain file: put the file itself there`]);
  const before = known.get(sha);
  if (before !== undefined) return before;
  const text = await inMirror(mirror, ['cat-file', 'blob', checkSha(sha)]);
  // Bytes that are no UTF-8 would come back changed.
  if (blobName(text, sha.length) !== sha)
    throw new ConfigurationError([`${path} is not UTF-8 text, or too long to read`]);
  remember(sha, text);
  return text;
}

function remember(sha: Sha, text: string): void {
  if (text.length > longestKnown) return;
  const [oldest] = known.keys();
  if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest);
  known.set(sha, text);
}

/** The object name of a text as a file, in that many digits. */
export function blobName(text: string, length: number): Sha {
  const bytes = Buffer.from(text);
  const hash = createHash(length === 64 ? 'sha256' : 'sha1');
  return hash
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex');
}

/** The subjects and bodies of commits, newest first; `range` is a list of revisions by full object names. */
export async function readLog(
  mirror: Mirror,
  range: readonly string[],
  options: readonly string[] = [],
): Promise<{ readonly commit: Sha; readonly message: string }[]> {
  const format = ['--no-show-signature', '-z', '--format=%H%x00%B'];
  const text = await inMirror(mirror, ['log', ...format, ...options, ...range, '--']);
  const parts = text.split('\0');
  return parts.flatMap((part, at) =>
    at % 2 === 0 && part !== '' ? [{ commit: checkSha(part), message: parts[at + 1] ?? '' }] : [],
  );
}

/** The line of a commit's first parents, newest first; without what another one holds. */
export async function listLine(mirror: Mirror, commit: Sha, without?: Sha): Promise<ListedCommit[]> {
  const range = [checkSha(commit), ...(without === undefined ? [] : [`^${checkSha(without)}`])];
  const options = ['--first-parent', '--no-show-signature', '--format=%H %T %P'];
  return listed(await inMirror(mirror, ['log', ...options, ...range, '--']));
}

/** Paths that differ between two commits, with git's letter for how. */
export async function readDifference(
  mirror: Mirror,
  from: Sha,
  to: Sha,
): Promise<{ how: string; path: string }[]> {
  const options = ['-r', '-z', '--name-status', '--no-renames', '--no-ext-diff', '--no-textconv'];
  const text = await inMirror(mirror, ['diff-tree', ...options, checkSha(from), checkSha(to), '--']);
  const parts = text.split('\0');
  return parts.flatMap((how, at) => (at % 2 === 0 && how !== '' ? [{ how, path: parts[at + 1] ?? '' }] : []));
}
