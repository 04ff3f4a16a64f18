import type { ReleaseOnBase } from '../../contract/reverting.js';
import { failure } from '../../contract/failures.js';
import type { Sha } from '../../contract/release.js';
import { takeOut } from '../support/git/making.js';
import { hasCommit, isAncestor, type Mirror } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { readCommit, readRef } from '../support/git/objects.js';
import { readReverts } from './reverts.js';

/** A commit of the release on main, with what main was before it. */
export interface Change {
  readonly from: Sha;
  readonly to: Sha;
  /** The release branch's head that it brought; undefined for the version commit. */
  readonly head?: Sha;
}

/** Main as it stands, what of the release is left on it, and the commit that took the latest part back, if one did. */
export async function lookAtBase(
  mirror: Mirror,
  input: ReleaseOnBase,
): Promise<{ base: Sha; left: readonly Change[]; by?: Sha }> {
  const base = await readRef(mirror, branchRef(input.base));
  if (base === undefined) throw noBase(input);
  const changes = await changesOn(mirror, base, input);
  const reverts = await readReverts(mirror, [base]);
  const left = changes.filter(({ to }) => reverts.of(to) === undefined);
  const by = changes[0] && reverts.of(changes[0].to);
  return { base, left, ...(by === undefined ? {} : { by }) };
}

/** What of the release main holds, newest first. */
async function changesOn(mirror: Mirror, base: Sha, { merges, final }: ReleaseOnBase): Promise<Change[]> {
  const merged = merges.map(({ commit, previous, head }): Change => ({ from: previous, to: commit, head }));
  // The final version's commit is the merge itself where nothing had to be written after it.
  const own = final !== undefined && merges.every(({ commit }) => commit !== final);
  const last =
    own && (await hasCommit(mirror, final)) ? (await readCommit(mirror, final)).parents[0] : undefined;
  const all = !own || last === undefined ? merged : [...merged, { from: last, to: final }];
  const held = await Promise.all(
    all.map(async ({ to }) => (await hasCommit(mirror, to)) && (await isAncestor(mirror, to, base))),
  );
  return all.filter((_change, at) => held[at]).reverse();
}

/** The tree of main without the changes, or the paths in which others have gone on from them. */
export async function takenOut(
  mirror: Mirror,
  base: Sha,
  changes: readonly Change[],
): Promise<Sha | readonly string[]> {
  let { tree } = await readCommit(mirror, base);
  for (const change of changes) {
    const result = await takeOut(mirror, change, tree);
    if ('conflicts' in result) return result.conflicts;
    ({ tree } = result);
  }
  return tree;
}

function noBase({ repository, base }: ReleaseOnBase): Error {
  return failure('operator', {
    now: `${repository} has no branch ${base}.`,
    not: 'Nothing could be taken back.',
    next: `Push ${base} again and send \`retry\`.`,
  });
}
