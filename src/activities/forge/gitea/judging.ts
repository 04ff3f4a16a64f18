import type { z } from 'zod';

import type { Check } from '../forge.js';
import type { ReviewingApi, Said } from '../reviewing-api.js';
import type { GiteaRepository } from './api.js';
import { branchShape, reviewShape, statusShape } from './shapes.js';

type Calls = Pick<ReviewingApi, 'listSaid' | 'listChecks' | 'listDemanded' | 'isProtected'>;

/** The calls about reviews and checks. */
export function judgingCalls(repository: GiteaRepository): Calls {
  return {
    async listSaid(number) {
      return (await listOfficial(repository, number)).flatMap((review): Said[] => {
        const { id, user, body, commit_id: commit, dismissed, submitted_at: at } = review;
        const state = states.get(review.state);
        if (state === undefined) return [];
        const reason = body === '' ? {} : { reason: body };
        const standing = dismissed ? 'withdrawn' : state;
        return [{ id: String(id), by: user?.login ?? '', at, state: standing, commit, ...reason }];
      });
    },

    async listChecks(head) {
      const last = new Map<string, z.output<typeof statusShape>>();
      for await (const status of repository.list(`commits/${head}/statuses`, statusShape))
        if (status.id > (last.get(status.context)?.id ?? 0)) last.set(status.context, status);
      return [...last.values()].map(({ context: name, status, target_url: url }) => ({
        name,
        state: statuses.get(status) ?? 'failure',
        ...(url === '' ? {} : { url }),
      }));
    },

    isProtected: async (branch) => (await readBranch(repository, branch)).protected,

    /** A branch's protection demands contexts by patterns: each stands for all the checks that it fits. */
    async listDemanded(base, found) {
      const { enable_status_check: demands, status_check_contexts: patterns } = await readBranch(
        repository,
        base,
      );
      if (!demands) return [];
      return (patterns ?? []).flatMap((pattern) => {
        const fitting = found.filter(({ name }) => fits(pattern, name)).map(({ name }) => name);
        return fitting.length === 0 ? [pattern] : fitting;
      });
    },
  };
}

/** The reviews that count by Gitea's rules: of those who may write, or whom the branch's protection names. */
export async function listOfficial(
  repository: GiteaRepository,
  number: number,
): Promise<z.output<typeof reviewShape>[]> {
  const reviews = [];
  for await (const review of repository.list(`pulls/${String(number)}/reviews`, reviewShape))
    if (review.official) reviews.push(review);
  return reviews;
}

/** A branch with what its protection demands; also those who are no administrators may read that. */
export function readBranch(
  repository: GiteaRepository,
  branch: string,
): Promise<z.output<typeof branchShape>> {
  return repository.get(`branches/${branch.split('/').map(encodeURIComponent).join('/')}`, branchShape);
}

const states = new Map<string, Exclude<Said['state'], 'withdrawn'>>([
  ['APPROVED', 'approved'],
  ['REQUEST_CHANGES', 'changes-requested'],
]);

const statuses = new Map<string, Check['state']>([
  ['success', 'success'],
  ['pending', 'pending'],
  ['skipped', 'skipped'],
]);

function fits(pattern: string, name: string): boolean {
  const parts = pattern
    .split(/([*?])/)
    .map((part) => wild[part] ?? part.replace(/[\\^$.|+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('')}$`).test(name);
}

const wild: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };
