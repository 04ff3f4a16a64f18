import { short } from '../../contract/digest.js';
import type { Sha } from '../../contract/release.js';
import { finding, type Finding } from '../../contract/verdict.js';
import { findCopied } from '../forge/merged.js';
import { mergeTrees } from '../support/git/making.js';
import { hasCommit, isAncestor, type Mirror } from '../support/git/mirror.js';
import { branchRef, keptRefPattern } from '../support/git/names.js';
import { listCommits, listLine, readDifference, readLog, readRef } from '../support/git/objects.js';
import { beyondVersion, packageAt, readConfigAt } from './package-at.js';
import { readReverts, saidIn, type SaidRevert } from './reverts.js';

/** How many paths are named. */
const shown = 5;

/** The release branch and what it is to be merged into. */
interface Ends {
  readonly base: string;
  readonly branch: string;
  readonly package: string;
}

/**
 * A branch whose merge was taken back brings nothing of it again where git holds it for merged already. What it would lose is
 * read from the merge that git would make; that it carries on, and is no new branch, from the heads that were merged.
 */
export async function lostAgain(mirror: Mirror, ends: Ends, head: Sha): Promise<Finding[]> {
  const { base, branch } = ends;
  const baseHead = await readRef(mirror, branchRef(base));
  if (baseHead === undefined) return [];
  const copied = await copiedReverts(mirror, ends, baseHead);
  const { standing } = await readReverts(mirror, [head, baseHead], copied);
  const carried = await carriedOn(mirror, standing, { branch, head, baseHead });
  if (carried.length === 0) return [];
  const merged = await mergeTrees(mirror, baseHead, head);
  // What does not merge is said where main has to be in the branch.
  if ('conflicts' in merged) return [];
  const findings: Finding[] = [];
  for (const by of new Set(carried.map((said) => said.by))) {
    const paths = await lostPaths(mirror, by, merged.tree);
    if (paths.length > 0) findings.push(lostFinding(ends, by, paths));
  }
  return findings;
}

function lostFinding({ base, branch }: Ends, by: Sha, paths: readonly string[]): Finding {
  const more = paths.length > shown ? ` and ${String(paths.length - shown)} more` : '';
  const [anew, revert] = [`${branch}-anew`, `git revert --no-edit ${by}`];
  return finding(
    `${branch} carries on from what ${short(by)} took back on ${base}, and merging it again would not bring back ${paths.slice(0, shown).join(', ')}${more}`,
    [
      commands(
        `git switch ${branch}`,
        `git merge --no-edit origin/${base}`,
        revert,
        `git push origin ${branch}`,
      ),
      // A rebase would lay the branch's old commits on main once more, beside the revert of their revert.
      `Where ${base} takes rebases alone, on a new branch: ${commands(`git switch --create ${anew} origin/${base}`, revert, `git push origin ${anew}`)}`,
      'If it is to stay away, release from a new branch of another name.',
    ].join('\n'),
  );
}

function commands(...steps: readonly string[]): string {
  return ['git fetch origin', ...steps].join(' && ');
}

/** Reverts that reached the base in another commit than the one that was made, whose message may be lost: squashed, say. */
async function copiedReverts(mirror: Mirror, ends: Ends, baseHead: Sha): Promise<SaidRevert[]> {
  const found: SaidRevert[] = [];
  for (const { commit } of await listCommits(mirror, keptRefPattern('revert', ends.package))) {
    if (await isAncestor(mirror, commit, baseHead)) continue;
    const copy = await findCopied(mirror, baseHead, commit);
    const [made] = await readLog(mirror, [commit], ['-1']);
    if (copy !== undefined && made !== undefined) found.push(saidIn(copy.merge, made.message));
  }
  return found;
}

/** Those reverts on the base that took back what this branch once brought there. */
async function carriedOn(
  mirror: Mirror,
  standing: readonly SaidRevert[],
  at: { readonly branch: string; readonly head: Sha; readonly baseHead: Sha },
): Promise<SaidRevert[]> {
  if (standing.length === 0) return [];
  const { branch, head, baseHead } = at;
  const brought = await broughtBy(mirror, baseHead);
  const line = new Set((await listLine(mirror, head)).map(({ commit }) => commit));
  // A head that a merge commit brought is in the base, and so in every new branch too: there the branch's own line tells.
  const holds = async (old: Sha) =>
    line.has(old) ||
    ((await hasCommit(mirror, old)) &&
      !(await isAncestor(mirror, old, baseHead)) &&
      (await isAncestor(mirror, old, head)));
  const carried: SaidRevert[] = [];
  for (const said of standing) {
    if (!(await isAncestor(mirror, said.by, baseHead))) continue;
    const heads = [...said.branches.map((merged) => merged.head), ...said.commits.flatMap(brought)];
    // A branch that was forwarded to the base or laid upon it anew holds none of them: its name is left.
    const named = said.branches.some((merged) => merged.branch === branch);
    if (named || (await Promise.all(heads.map(holds))).includes(true)) carried.push(said);
  }
  return carried;
}

/** The heads that a commit of the base brought: its second parent, or, squashed or rebased, that of the merge that was judged. */
async function broughtBy(mirror: Mirror, baseHead: Sha): Promise<(commit: Sha) => Sha[]> {
  const judged = await listCommits(mirror, keptRefPattern('merge'));
  const line = new Map((await listLine(mirror, baseHead)).map((entry) => [entry.commit, entry]));
  return (commit) => {
    const entry = line.get(commit);
    if (entry === undefined) return [];
    const alike = judged.filter(({ tree }) => tree === entry.tree);
    return [entry, ...alike].flatMap(({ parents }) => parents[1] ?? []);
  };
}

/** What a revert changed, but for the version, and a tree holds still as the revert left it. */
async function lostPaths(mirror: Mirror, by: Sha, tree: Sha): Promise<string[]> {
  const [{ parents } = { parents: [] }] = await listLine(mirror, by);
  const [parent] = parents;
  if (parent === undefined) return [];
  const [before, after] = [await packageAt(mirror, parent), await packageAt(mirror, by)];
  const found = await readConfigAt(before);
  const changed =
    'problems' in found
      ? (await readDifference(mirror, parent, by)).map(({ path }) => path)
      : await beyondVersion(before, after, found.config);
  const since = new Set((await readDifference(mirror, by, tree)).map(({ path }) => path));
  return changed.filter((path) => !since.has(path));
}
