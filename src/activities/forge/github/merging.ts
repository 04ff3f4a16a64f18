import type { PullRequest } from '../../../contract/activities.js';
import { failure } from '../../../contract/failures.js';
import type { Sha } from '../../../contract/release.js';
import { freshMirror, type Mirror } from '../../support/git/mirror.js';
import { branchRef } from '../../support/git/names.js';
import { listLine, readCommit, readRef } from '../../support/git/objects.js';
import type { Workbench } from '../../support/workbench.js';
import type { MergeOutcome } from '../forge.js';
import { statusOf, type GithubRepository } from './api.js';
import { listPulls, readPull } from './pull-requests.js';

/** The merge of this head that the base holds, whatever the pull request says of itself: an answer can be lost half-way. */
export async function readMerged(
  repository: GithubRepository,
  branch: string,
  base: string,
  head: Sha,
): Promise<{ merge: Sha; previous: Sha } | undefined> {
  for (const { number } of (await listPulls(repository, branch, base)).filter((pull) => pull.head === head)) {
    const { merged, merge_commit_sha: merge, commits } = await readPull(repository, number);
    if (!merged || merge === null) continue;
    return { merge, previous: await beforeMerge(repository, merge, commits) };
  }
  return undefined;
}

/** The base before a merge: the first parent, or for a rebase the parent of the first commit that it laid there. */
async function beforeMerge({ octokit, at }: GithubRepository, merge: Sha, commits: number): Promise<Sha> {
  const read = async (ref: Sha) => (await octokit.rest.repos.getCommit({ ...at, ref })).data;
  let commit = await read(merge);
  const rebased = commit.parents.length === 1 && (await mergeMethod({ octokit, at })) === 'rebase';
  for (let left = rebased ? commits - 1 : 0; left > 0; left--)
    commit = await read(commit.parents[0]?.sha ?? merge);
  return commit.parents[0]?.sha ?? merge;
}

/** Merges with the method that the repository allows; a doubtful answer is cleared up by reading the base branch. */
export async function ensureMerged(
  bench: Workbench,
  address: string,
  repository: GithubRepository,
  pullRequest: PullRequest,
  base: string,
): Promise<MergeOutcome> {
  const { head, previous, id } = pullRequest;
  const mirror = await freshMirror(bench, address);
  const done = await findOnBase(mirror, pullRequest, base);
  if (done !== undefined) return { state: 'merged', commit: done };
  const found = await readRef(mirror, branchRef(base));
  if (found !== previous) return { state: 'moved', ref: base, expected: previous, found };
  const pull = await readPull(repository, Number(id));
  if (pull.head.sha !== head)
    return { state: 'moved', ref: pull.head.ref, expected: head, found: pull.head.sha };
  const { octokit, at } = repository;
  try {
    const { data } = await octokit.rest.pulls.merge({
      ...at,
      pull_number: pull.number,
      sha: head,
      merge_method: await mergeMethod(repository),
      commit_title: pull.title,
    });
    return { state: 'merged', commit: data.sha };
  } catch (error) {
    const commit = await findOnBase(await freshMirror(bench, address), pullRequest, base);
    if (commit !== undefined) return { state: 'merged', commit };
    throw await refusal(repository, pull.number, error);
  }
}

/** On the base's own line, the commit that made exactly the judged tree out of the base as it was judged. */
async function findOnBase(
  mirror: Mirror,
  { previous, merge }: PullRequest,
  base: string,
): Promise<Sha | undefined> {
  const head = await readRef(mirror, branchRef(base));
  if (head === undefined || head === previous) return undefined;
  const { tree } = await readCommit(mirror, merge);
  const line = await listLine(mirror, head);
  const since = line.slice(
    0,
    Math.max(
      0,
      line.findIndex(({ commit }) => commit === previous),
    ),
  );
  for (const { commit } of since.reverse())
    if ((await readCommit(mirror, commit)).tree === tree) return commit;
  return undefined;
}

async function mergeMethod({ octokit, at }: GithubRepository): Promise<'merge' | 'squash' | 'rebase'> {
  const { data } = await octokit.rest.repos.get(at);
  if (data.allow_merge_commit !== false) return 'merge';
  return data.allow_squash_merge === false ? 'rebase' : 'squash';
}

/** "Try again later" is transient while mergeability is worked out, and for ever on a conflict. */
async function refusal(repository: GithubRepository, number: number, error: unknown): Promise<Error> {
  const said = error instanceof Error ? error : new Error(String(error));
  const status = statusOf(error);
  if (status !== 405 && status !== 409 && status !== 422) return said;
  const { mergeable, mergeable_state: state, html_url: url } = await readPull(repository, number);
  const transient =
    mergeable === null ||
    status === 409 ||
    (mergeable && /base branch was modified|try (the merge )?again/i.test(said.message));
  if (transient) return said;
  return failure('operator', {
    now: `GitHub does not merge ${url} (${state}): ${said.message}`,
    not: 'Nothing was merged.',
    next: 'Mend what it says, then send `retry`.',
  });
}
