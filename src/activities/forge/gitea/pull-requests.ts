import type { z } from 'zod';

import type { Issue } from '../forge.js';
import type { Pull, ReviewingApi } from '../reviewing-api.js';
import { isSince } from '../since.js';
import { GiteaRefusal, type GiteaRepository } from './api.js';
import { commentShape, issueShape, pullShape } from './shapes.js';

type Calls = Pick<
  ReviewingApi,
  'findPull' | 'readPull' | 'openPull' | 'editPull' | 'listComments' | 'addComment' | 'editComment'
>;

/** Gitea cannot look for a branch. A pull request that a release still speaks of is open, or was closed lately. */
const mostClosed = 200;

/** The calls about pull requests and their comments. */
export function pullCalls(repository: GiteaRepository): Calls {
  return {
    async findPull(branch, fits) {
      const isIt = ({ head, base }: Raw) => head.label === branch && head.repo_id === base.repo_id;
      for await (const raw of repository.list('pulls?state=open', pullShape))
        if (isIt(raw) && fits(pullOf(raw))) return pullOf(raw);
      let seen = 0;
      for await (const raw of repository.list('pulls?state=closed&sort=recentclose', pullShape)) {
        if (isIt(raw) && fits(pullOf(raw))) return pullOf(raw);
        if (++seen >= mostClosed) return undefined;
      }
      return undefined;
    },

    readPull: async (number) => pullOf(await readRaw(repository, number)),

    async openPull({ base, branch, title, body }) {
      try {
        await repository.send('POST', 'pulls', { base, head: branch, title, body });
        return undefined;
      } catch (error) {
        if (error instanceof GiteaRefusal && [404, 409, 422].includes(error.status)) return error.message;
        throw error;
      }
    },

    async editPull(number, text) {
      await repository.send('PATCH', `pulls/${String(number)}`, text);
    },

    // All at once: this is no list that comes in pages.
    listComments: (number) => repository.get(`issues/${String(number)}/comments`, commentShape.array()),

    async addComment(number, body) {
      await repository.send('POST', `issues/${String(number)}/comments`, { body });
    },

    async editComment(id, body) {
      await repository.send('PATCH', `issues/comments/${String(id)}`, { body });
    },
  };
}

/** The calls about issues; what counts as since is the last change. */
export function issueCalls(repository: GiteaRepository): Pick<ReviewingApi, 'listIssues'> {
  return {
    async listIssues(since) {
      const path = `issues?type=issues&state=all&since=${encodeURIComponent(since)}`;
      const found: Issue[] = [];
      for await (const { html_url: url, title, body, user, created_at: at } of repository.list(
        path,
        issueShape,
      ))
        if (isSince(at, since)) found.push({ url, title, body, by: user?.login ?? '' });
      return found;
    },
  };
}

type Raw = z.output<typeof pullShape>;

/** One pull request as Gitea shows it; being asked makes Gitea work out whether it can be merged. */
export function readRaw(repository: GiteaRepository, number: number): Promise<Raw> {
  return repository.get(`pulls/${String(number)}`, pullShape);
}

function pullOf({ number, html_url: url, title, body, base, head, user, state, merged }: Raw): Pull {
  return {
    number,
    url,
    title,
    body,
    base: base.ref,
    branch: head.label,
    head: head.sha,
    author: user?.login ?? '',
    open: state === 'open',
    merged,
  };
}
