import type { PullRequest } from '../../contract/activities.js';
import type { Sha } from '../../contract/release.js';
import { mergeTrees } from '../support/git/making.js';
import { freshMirror, isAncestor, mirrorWith, type Mirror } from '../support/git/mirror.js';
import { branchRef, keptRefPattern } from '../support/git/names.js';
import { listCommits, listLine, readCommit, readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';

/** A merge on the base's own line, and the base before it. */
export interface FoundMerge {
  readonly merge: Sha;
  readonly previous: Sha;
}

/**
 * The merge of exactly this head that the base holds, as a merge, squashed or rebased. Git alone is asked: a forge can have
 * made a merge and still show the pull request as open.
 */
export async function findMerged(
  bench: Workbench,
  repository: string,
  base: string,
  head: Sha,
): Promise<FoundMerge | undefined> {
  await freshMirror(bench, repository);
  const mirror = await mirrorWith(bench, repository, head);
  const baseHead = await readRef(mirror, branchRef(base));
  if (baseHead === undefined) return undefined;
  if (!(await isAncestor(mirror, head, baseHead))) return findCopied(mirror, baseHead, head);
  const line = await listLine(mirror, baseHead);
  const merge = line.find(({ parents }) => parents[1] === head);
  const previous = merge?.parents[0];
  if (merge !== undefined && previous !== undefined) return { merge: merge.commit, previous };
  return line.some(({ commit }) => commit === head) ? findForwarded(mirror, head) : undefined;
}

/** A base that was forwarded to the head does not tell where it was; the merge that was judged then, and is kept, does. */
async function findForwarded(mirror: Mirror, head: Sha): Promise<FoundMerge | undefined> {
  const judged = await listCommits(mirror, keptRefPattern('merge'));
  const [previous] = judged.find(({ parents }) => parents[1] === head)?.parents ?? [];
  return previous === undefined ? undefined : { merge: head, previous };
}

/** The oldest commit since the head branched off that made of the base what merging the head would have made of it. */
export async function findCopied(mirror: Mirror, baseHead: Sha, head: Sha): Promise<FoundMerge | undefined> {
  const since = await listLine(mirror, baseHead, head);
  const before = new Map(since.map(({ commit, parents }) => [commit, parents[0]]));
  const treeWithHead = async (commit: Sha) => {
    const merged = await mergeTrees(mirror, commit, head);
    return 'tree' in merged ? merged.tree : undefined;
  };
  for (const { commit, parents } of since.reverse()) {
    let [previous] = parents;
    if (previous === undefined) continue;
    const { tree } = await readCommit(mirror, commit);
    if ((await treeWithHead(previous)) !== tree) continue;
    // A rebase lays several commits: the base is before the first of them.
    let earlier = before.get(previous);
    while (earlier !== undefined && (await treeWithHead(earlier)) === tree)
      [previous, earlier] = [earlier, before.get(earlier)];
    return { merge: commit, previous };
  }
  return undefined;
}

/** On the base's own line, the commit that made exactly the judged tree out of the base as it was judged. */
export async function findJudged(
  mirror: Mirror,
  { previous, merge }: PullRequest,
  base: string,
): Promise<Sha | undefined> {
  const head = await readRef(mirror, branchRef(base));
  if (head === undefined || !(await isAncestor(mirror, previous, head))) return undefined;
  const { tree } = await readCommit(mirror, merge);
  for (const { commit } of (await listLine(mirror, head, previous)).reverse())
    if ((await readCommit(mirror, commit)).tree === tree) return commit;
  return undefined;
}
