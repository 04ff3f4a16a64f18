import type { Sha } from '../../contract/release.js';
import type { Mirror } from '../support/git/mirror.js';
import { readLog } from '../support/git/objects.js';
import type { Change } from './on-base.js';

const revertTrailer = 'Slipway-Reverts';
/** The branch that brought what is taken back, and the head that it had then: a squash or a rebase does not tell. */
const branchTrailer = 'Slipway-Reverts-Branch';

const reverted = /^Slipway-Reverts: ([0-9a-f]{40,64})$|\bThis reverts commit ([0-9a-f]{40,64})/gm;
const broughtBy = /^Slipway-Reverts-Branch: (\S+) ([0-9a-f]{40,64})$/gm;

/** The trailers of a commit that takes others back, one line for each. */
export function trailersOf(branch: string, changes: readonly Change[]): string {
  return [
    ...changes.map(({ to }) => `${revertTrailer}: ${to}`),
    ...changes.flatMap(({ head }) => (head === undefined ? [] : [`${branchTrailer}: ${branch} ${head}`])),
  ].join('\n');
}

/** A release branch as it was when it was merged. */
export interface MergedBranch {
  readonly branch: string;
  readonly head: Sha;
}

/** What a commit takes back, as its message says. */
export interface SaidRevert {
  readonly by: Sha;
  readonly commits: readonly Sha[];
  readonly branches: readonly MergedBranch[];
}

/** What the commits of a history take back, by our trailer or by git's own words. */
export interface Reverts {
  /** The commit that took this one back and is itself still in force; undefined if there is none. */
  of(commit: Sha): Sha | undefined;
  /** Every commit that takes something back and is in force itself. */
  readonly standing: readonly SaidRevert[];
}

/** Reads the reverts in the history of these commits; `others` are known from elsewhere. */
export async function readReverts(
  mirror: Mirror,
  heads: readonly Sha[],
  others: readonly SaidRevert[] = [],
): Promise<Reverts> {
  const grep = ['-E', `--grep=^${revertTrailer}: `, '--grep=This reverts commit '];
  const log = await readLog(mirror, heads, grep);
  const said = [...log.map(({ commit, message }) => saidIn(commit, message)), ...others];
  const of = (commit: Sha): Sha | undefined =>
    said.find(({ by, commits }) => commits.includes(commit) && of(by) === undefined)?.by;
  return { of, standing: said.filter(({ by }) => of(by) === undefined) };
}

/** What a message says that its commit takes back. */
export function saidIn(by: Sha, message: string): SaidRevert {
  return {
    by,
    commits: [...message.matchAll(reverted)].map(([, ours, gits]) => ours ?? gits ?? ''),
    branches: [...message.matchAll(broughtBy)].map(([, branch = '', head = '']) => ({ branch, head })),
  };
}
