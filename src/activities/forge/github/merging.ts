import { failure } from '../../../contract/failures.js';
import type { ReviewingApi } from '../reviewing-api.js';
import { statusOf, type GithubRepository } from './api.js';
import { readRaw } from './pull-requests.js';

type Calls = Pick<ReviewingApi, 'deletesMerged' | 'readMergeBlock' | 'merge' | 'explainRefusal'>;

/** The calls about merging. */
export function mergeCalls(repository: GithubRepository): Calls {
  const { octokit, at } = repository;
  return {
    deletesMerged: async () => (await octokit.rest.repos.get(at)).data.delete_branch_on_merge === true,

    async readMergeBlock({ id }) {
      const { merged, draft, mergeable, mergeable_state: state } = await readRaw(repository, Number(id));
      if (merged) return undefined;
      if (draft === true || state === 'draft') return 'it is a draft: mark it as ready for review';
      if (mergeable === null || state === 'unknown') return 'GitHub works out whether it can be merged';
      if (state === 'blocked') return 'the rules of its base branch want more reviews or checks';
      return undefined;
    },

    async merge({ number, head, title }) {
      const { data } = await octokit.rest.pulls.merge({
        ...at,
        pull_number: number,
        sha: head,
        merge_method: await mergeMethod(repository),
        commit_title: title,
      });
      return data.sha;
    },

    async explainRefusal({ number, url }, error) {
      const said = error instanceof Error ? error : new Error(String(error));
      const status = statusOf(error);
      if (status !== 405 && status !== 409 && status !== 422) return said;
      const { mergeable, mergeable_state: state } = await readRaw(repository, number);
      // "Try again later" is transient while mergeability is worked out, and for ever on a conflict.
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
    },
  };
}

async function mergeMethod({ octokit, at }: GithubRepository): Promise<'merge' | 'squash' | 'rebase'> {
  const { data } = await octokit.rest.repos.get(at);
  if (data.allow_merge_commit !== false) return 'merge';
  return data.allow_squash_merge === false ? 'rebase' : 'squash';
}
