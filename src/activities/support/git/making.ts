import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Sha } from '../../../contract/release.js';
import { inThrowawayFolder } from '../workbench.js';
import { git, tail } from './command.js';
import { discard, inMirror, type Mirror } from './mirror.js';
import { checkSha } from './names.js';
import { readCommit } from './objects.js';

/** Whose commits the service makes; with their dates fixed too, making one again gives the same object. */
const identity = { name: 'Slipway', email: 'slipway@localhost' } as const;

/** Makes a commit, dated one second after the youngest of its parents. */
export async function makeCommit(
  mirror: Mirror,
  { tree, parents, message }: { tree: Sha; parents: readonly Sha[]; message: string },
): Promise<Sha> {
  const times = await Promise.all(parents.map(async (parent) => (await readCommit(mirror, parent)).time));
  const date = `@${String(Math.max(...times) + 1)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
    GIT_COMMITTER_DATE: date,
  };
  const args = parents.flatMap((parent) => ['-p', checkSha(parent)]);
  return checkSha(
    (await inMirror(mirror, ['commit-tree', ...args, '-m', message, checkSha(tree)], { env })).trim(),
  );
}

/** Makes an annotated tag of a commit, dated one second after it; it has no ref until it is pushed. */
export async function makeTag(mirror: Mirror, tag: string, commit: Sha, message: string): Promise<Sha> {
  const { time } = await readCommit(mirror, commit);
  const lines = [
    `object ${checkSha(commit)}`,
    'type commit',
    `tag ${tag}`,
    `tagger ${identity.name} <${identity.email}> ${String(time + 1)} +0000`,
    '',
    message,
    '',
  ];
  return inThrowawayFolder(mirror.bench, (folder) => makeObject(mirror, 'tag', lines.join('\n'), folder));
}

/** The tree of a commit with the text of some of its files replaced; modes stay. */
export async function makeTree(
  mirror: Mirror,
  commit: Sha,
  texts: ReadonlyMap<string, { mode: string; text: string }>,
): Promise<Sha> {
  return inThrowawayFolder(mirror.bench, async (folder) => {
    const env = { GIT_INDEX_FILE: path.join(folder, 'index') };
    await inMirror(mirror, ['read-tree', checkSha(commit)], { env });
    for (const [file, { mode, text }] of texts) {
      const blob = await makeObject(mirror, 'blob', text, folder);
      await inMirror(mirror, ['update-index', '--cacheinfo', `${mode},${blob},${file}`], { env });
    }
    return checkSha((await inMirror(mirror, ['write-tree'], { env })).trim());
  });
}

async function makeObject(
  mirror: Mirror,
  type: 'blob' | 'tag',
  content: string,
  folder: string,
): Promise<Sha> {
  const file = path.join(folder, 'object');
  await writeFile(file, content);
  return checkSha(
    (await inMirror(mirror, ['hash-object', '-t', type, '-w', '--no-filters', '--', file])).trim(),
  );
}

/** A merged tree, or the paths that do not merge. */
export type Merged = { readonly tree: Sha } | { readonly conflicts: readonly string[] };

/** Merges two commits' trees as `git merge` would, without a working tree. */
export async function mergeTrees(mirror: Mirror, ours: Sha, theirs: Sha): Promise<Merged> {
  const args = [
    'merge-tree',
    '--write-tree',
    '--name-only',
    '--no-messages',
    '-z',
    checkSha(ours),
    checkSha(theirs),
  ];
  const result = await git(mirror, args, { gitDir: mirror.folder });
  const [tree = '', ...paths] = result.stdout.split('\0');
  if (result.exitCode === 0) return { tree: checkSha(tree.trim()) };
  if (result.exitCode === 1) return { conflicts: [...new Set(paths.filter((file) => file !== ''))] };
  await discard(mirror);
  throw new Error(
    `git merge-tree failed in the copy of ${mirror.address}, which was thrown away: ${tail(result)}`,
  );
}

/** Takes what changed between two commits out of a tree that has gone on since; what else changed in it stays. */
export async function takeOut(mirror: Mirror, change: { from: Sha; to: Sha }, tree: Sha): Promise<Merged> {
  const [before, after] = [await readCommit(mirror, change.from), await readCommit(mirror, change.to)];
  // merge-tree looks for the merge base itself: commits of its own make the change's end that base.
  const base = await makeCommit(mirror, { tree: after.tree, parents: [change.to], message: 'base' });
  const ours = await makeCommit(mirror, { tree, parents: [base], message: 'ours' });
  const theirs = await makeCommit(mirror, { tree: before.tree, parents: [base], message: 'theirs' });
  return mergeTrees(mirror, ours, theirs);
}
