import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { readJournal } from '../../../rehearsal/forge/journal.js';
import type { Remote } from '../../../rehearsal/world/repository.js';

/** A ref as it moved, by the record of the repository's own side; a commit is undefined where the ref was not there. */
export interface RefMove {
  readonly at: string;
  readonly ref: string;
  readonly from?: string;
  readonly to?: string;
  /** Undefined where the record does not tell. */
  readonly by?: string;
}

const record = 'ref-record';
const none = /^0+$/;

/** Has a bare repository write down every move of a ref, whoever makes it and however. */
export async function keepRefRecord({ folder }: Remote): Promise<void> {
  await writeHook(
    folder,
    'reference-transaction',
    `#!/bin/sh
[ "$1" = committed ] || exit 0
at=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
grep ' refs/' | sed "s/^/$at /" >> ${record}
`,
  );
}

/**
 * Kills the worker of a zone when a push has moved a ref of the repository and its answer is not given yet; each ref once.
 * `points` is the folder in which the worker's process number stands (see switch.mjs).
 */
export async function killOnceMoved(
  { folder }: Remote,
  points: string,
  zone: string,
  refs: readonly string[],
): Promise<void> {
  const list = path.join(folder, 'kills-at');
  await writeFile(list, refs.map((ref) => `${ref}\n`).join(''));
  await writeHook(
    folder,
    'post-receive',
    `#!/bin/sh
while read -r from to ref; do
  case $to in *[!0]*) change=moved ;; *) change=deleted ;; esac
  grep -qx "$change $ref" kills-at || continue
  grep -vx "$change $ref" kills-at > kills-left; mv kills-left kills-at
  echo "$change $ref" >> killed-at
  kill -s KILL "$(cat '${points}/pid-${zone}')"
done
`,
  );
}

async function writeHook(folder: string, name: string, text: string): Promise<void> {
  const file = path.join(folder, 'hooks', name);
  await writeFile(file, text);
  await chmod(file, 0o755);
}

/** The refs that a push had moved when the worker was killed for it. */
export async function killedAt({ folder }: Pick<Remote, 'folder'>): Promise<string[]> {
  const text = await readFile(path.join(folder, 'killed-at'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** What a bare repository wrote down. A record tells only what was asked for: where a ref really came from is known from the move before. */
export async function readRefRecord({ folder }: Remote): Promise<RefMove[]> {
  const text = await readFile(path.join(folder, record), 'utf8');
  const stands = new Map<string, string>();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line): RefMove[] => {
      const [at = '', , to = '', ref = ''] = line.split(' ');
      const from = stands.get(ref);
      if (none.test(to)) stands.delete(ref);
      else stands.set(ref, to);
      if (from === stands.get(ref)) return [];
      return [{ at, ref, ...(from && { from }), ...(none.test(to) ? {} : { to }) }];
    });
}

/** What the forge stand-in wrote down, from the journal in its folder. */
export function readForgeRecord(journal: string): RefMove[] {
  return readJournal(journal).flatMap((entry): RefMove[] => {
    if (entry.kind !== 'change' || entry.change.type !== 'ref-updated') return [];
    const { ref, from, to, by } = entry.change;
    return [{ at: entry.at, ref, by, ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) }];
  });
}
