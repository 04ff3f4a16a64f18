import { isUnstable, protectionOf, unmetDemands } from './demands.js';
import type { BareRepository } from './git.js';
import { github } from './people.js';
import type { Repository, Site } from './site.js';
import type { Pull } from './state.js';

/** Whether a pull request can be merged, by GitHub's words. */
export interface MergeabilityFacts {
  readonly mergeable: boolean | null;
  readonly state: 'unknown' | 'dirty' | 'draft' | 'blocked' | 'behind' | 'unstable' | 'clean';
  /** A merge of head and base as they are, which is on no branch. */
  readonly testMerge: string | null;
}

const unknown: MergeabilityFacts = { mergeable: null, state: 'unknown', testMerge: null };

/** Finds out about merges in its own time: the first look at a new pair of commits learns nothing. */
export class Mergeability {
  readonly #asked = new Map<string, { readonly since: number; merge?: Promise<string | null> }>();

  async look(site: Site, repository: Repository, pull: Pull): Promise<MergeabilityFacts> {
    const base = await repository.git.commitOf(`refs/heads/${pull.base.ref}`);
    if (pull.state === 'closed' || base === undefined) return unknown;
    const key = `${repository.fullName} ${pull.number} ${base} ${pull.head.sha}`;
    const asked = this.#asked.get(key) ?? { since: performance.now() };
    this.#asked.set(key, asked);
    if (performance.now() - asked.since < site.mergeabilityDelay) return unknown;
    const testMerge = await (asked.merge ??= makeTestMerge(repository, pull, base));
    if (testMerge === null) return { mergeable: false, state: 'dirty', testMerge };
    return { mergeable: true, state: await mergeState(repository, pull, base), testMerge };
  }
}

async function makeTestMerge({ git, owner }: Repository, pull: Pull, base: string): Promise<string | null> {
  const ref = `refs/pull/${pull.number}/merge`;
  const last = await git.commitOf(ref);
  if (last !== undefined && (await isMergeOf(git, last, base, pull.head.sha))) return last;
  const tree = await git.mergedTree(base, pull.head.sha);
  if (tree === undefined) return null;
  const message = `Merge ${pull.head.sha} into ${base}`;
  const author = { name: owner, email: `${owner}@users.noreply.github.com` };
  const commit = await git.makeCommit({
    tree,
    parents: [base, pull.head.sha],
    message,
    author,
    committer: github,
  });
  await git.run('update-ref', ref, commit);
  return commit;
}

async function isMergeOf(git: BareRepository, merge: string, base: string, head: string): Promise<boolean> {
  const { parents } = await git.commitFacts(merge);
  return parents[0] === base && parents[1] === head;
}

async function mergeState(
  repository: Repository,
  pull: Pull,
  base: string,
): Promise<MergeabilityFacts['state']> {
  if (pull.draft) return 'draft';
  const isBehind = !(await repository.git.isAncestor(base, pull.head.sha));
  if (isBehind && protectionOf(repository, pull.base.ref)?.strict === true) return 'behind';
  if (unmetDemands(repository, pull, isBehind).length > 0) return 'blocked';
  return isUnstable(repository, pull.head.sha) ? 'unstable' : 'clean';
}
