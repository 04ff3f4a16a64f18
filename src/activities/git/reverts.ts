import type { Sha } from '../../contract/release.js';
import type { Mirror } from '../support/git/mirror.js';
import { listLine, readLog } from '../support/git/objects.js';

/** The trailer of a commit that takes others back, one line for each. */
export const revertTrailer = 'Slipway-Reverts';

const reverted = /^Slipway-Reverts: ([0-9a-f]{40,64})$|\bThis reverts commit ([0-9a-f]{40,64})/gm;

/** What the commits of a history take back, by our trailer or by git's own words. */
export interface Reverts {
  /** The commit that took this one back and is itself still in force; undefined if there is none. */
  of(commit: Sha): Sha | undefined;
  /** Every commit that is taken back, with the one that did it. */
  readonly all: readonly { readonly commit: Sha; readonly by: Sha }[];
}

/** Reads the reverts in the history of these commits. */
export async function readReverts(mirror: Mirror, heads: readonly Sha[]): Promise<Reverts> {
  const grep = ['-E', `--grep=^${revertTrailer}: `, '--grep=This reverts commit '];
  const log = await readLog(mirror, heads, grep);
  const named = log.flatMap(({ commit: by, message }) =>
    [...message.matchAll(reverted)].map(([, ours, gits]) => ({ commit: ours ?? gits ?? '', by })),
  );
  const of = (commit: Sha): Sha | undefined =>
    named.find((revert) => revert.commit === commit && of(revert.by) === undefined)?.by;
  return { of, all: named.filter(({ commit, by }) => of(commit) === by) };
}

/** A merge that was taken back and whose branch this one carries on: merging it again would bring nothing back. */
export interface DeadMerge {
  readonly merge: Sha;
  readonly by: Sha;
}

/** The taken back merges of which a branch's own line, first parents only, still holds the merged head. */
export async function deadMerges(mirror: Mirror, head: Sha, base: Sha): Promise<DeadMerge[]> {
  const { all } = await readReverts(mirror, [head, base]);
  if (all.length === 0) return [];
  const merges = new Map((await listLine(mirror, base)).map(({ commit, parents }) => [commit, parents[1]]));
  const line = new Set((await listLine(mirror, head)).map(({ commit }) => commit));
  return all.flatMap(({ commit: merge, by }) => {
    const mergedHead = merges.get(merge);
    return mergedHead !== undefined && line.has(mergedHead) ? [{ merge, by }] : [];
  });
}
