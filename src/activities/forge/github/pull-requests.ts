import type { Pull, ReviewingApi } from '../reviewing-api.js';
import { isSince } from '../since.js';
import { statusOf, type GithubRepository } from './api.js';

type PullCalls = Pick<ReviewingApi, 'findPull' | 'readPull' | 'openPull' | 'editPull'>;
type CommentCalls = Pick<ReviewingApi, 'listComments' | 'addComment' | 'editComment'>;

/** The calls about pull requests. */
export function pullCalls(repository: GithubRepository): PullCalls {
  const { octokit, at } = repository;
  return {
    async findPull(branch, fits) {
      const listed = await octokit.paginate(octokit.rest.pulls.list, {
        ...at,
        head: `${at.owner}:${branch}`,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: 100,
      });
      return listed.map((raw) => pullOf(raw)).find(fits);
    },

    readPull: async (number) => pullOf(await readRaw(repository, number)),

    async openPull({ base, branch, title, body }) {
      try {
        await octokit.rest.pulls.create({ ...at, base, head: branch, title, body });
        return undefined;
      } catch (error) {
        if (statusOf(error) !== 422 || !(error instanceof Error)) throw error;
        return error.message;
      }
    },

    async editPull(number, { title, body }) {
      await octokit.rest.pulls.update({ ...at, pull_number: number, title, body });
    },
  };
}

/** The calls about the comments of pull requests. */
export function commentCalls({ octokit, at }: GithubRepository): CommentCalls {
  return {
    async listComments(number) {
      const comments = await octokit.paginate(octokit.rest.issues.listComments, {
        ...at,
        issue_number: number,
        per_page: 100,
      });
      return comments.map(({ id, body }) => ({ id: Number(id), body: body ?? '' }));
    },

    async addComment(number, body) {
      await octokit.rest.issues.createComment({ ...at, issue_number: number, body });
    },

    async editComment(id, body) {
      await octokit.rest.issues.updateComment({ ...at, comment_id: id, body });
    },
  };
}

/** The calls about issues; to GitHub a pull request is one, and what counts as since is the last change. */
export function issueCalls({ octokit, at }: GithubRepository): Pick<ReviewingApi, 'listIssues'> {
  return {
    async listIssues(since) {
      const wanted = {
        ...at,
        since,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: 100,
      } as const;
      const changed = await octokit.paginate(octokit.rest.issues.listForRepo, wanted);
      return changed
        .filter((issue) => issue.pull_request === undefined && isSince(issue.created_at, since))
        .map(({ html_url: url, title, body, user }) => ({
          url,
          title,
          body: body ?? '',
          by: user?.login ?? '',
        }));
    },
  };
}

/** One pull request by its number, with what only this answer has: whether it can be merged. */
export async function readRaw({ octokit, at }: GithubRepository, number: number) {
  const { data } = await octokit.rest.pulls.get({ ...at, pull_number: number });
  return data;
}

interface Raw {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string | null;
  readonly base: { readonly ref: string };
  readonly head: { readonly ref: string; readonly sha: string };
  readonly user: { readonly login: string } | null;
  readonly state: string;
  readonly merged_at: string | null;
}

function pullOf({ number, html_url: url, title, body, base, head, user, state, merged_at: at }: Raw): Pull {
  return {
    number,
    url,
    title,
    body: body ?? '',
    base: base.ref,
    branch: head.ref,
    head: head.sha,
    author: user?.login ?? '',
    open: state === 'open',
    merged: at !== null,
  };
}
