import type { Sha } from '../../../contract/release.js';
import type { Check } from '../forge.js';
import type { ReviewingApi, Said } from '../reviewing-api.js';
import { orNothing, type GithubRepository } from './api.js';

type Calls = Pick<ReviewingApi, 'listSaid' | 'listChecks' | 'listDemanded' | 'isProtected'>;

/** The calls about reviews and checks. */
export function judgingCalls(repository: GithubRepository): Calls {
  const { octokit, at: repo } = repository;
  return {
    async listSaid(number) {
      const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
        ...repo,
        pull_number: number,
        per_page: 100,
      });
      return reviews.flatMap(({ id, user, state, commit_id: commit, submitted_at: at, body }): Said[] => {
        const said = states.get(state);
        if (said === undefined) return [];
        const reason = body === '' ? {} : { reason: body };
        return [
          {
            id: String(id),
            by: user?.login ?? '',
            at: at ?? '',
            state: said,
            commit: commit ?? '',
            ...reason,
          },
        ];
      });
    },

    /** Check runs and statuses together. */
    listChecks: async (head) => [
      ...(await readRuns(repository, head)),
      ...(await readStatuses(repository, head)),
    ],

    listDemanded: (base) => demandedChecks(repository, base),

    isProtected: async (branch) => (await octokit.rest.repos.getBranch({ ...repo, branch })).data.protected,
  };
}

/** What somebody said for or against; a comment takes no earlier word back, a dismissal does. */
const states = new Map<string, Said['state']>([
  ['APPROVED', 'approved'],
  ['CHANGES_REQUESTED', 'changes-requested'],
  ['DISMISSED', 'withdrawn'],
]);

/** What the branch's protection and the repository's rules demand, as far as the service may read them. */
async function demandedChecks({ octokit, at }: GithubRepository, branch: string): Promise<string[]> {
  const [protectedBranch, rules] = await Promise.all([
    octokit.rest.repos.getBranch({ ...at, branch }),
    orNothing(octokit.rest.repos.getBranchRules({ ...at, branch, per_page: 100 })),
  ]);
  const { protected: isProtected, protection } = protectedBranch.data;
  const byRules = (rules?.data ?? []).flatMap((rule) =>
    rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []) : [],
  );
  return [
    ...(isProtected ? (protection.required_status_checks?.contexts ?? []) : []),
    ...byRules.map(({ context }) => context),
  ];
}

async function readRuns({ octokit, at }: GithubRepository, head: Sha): Promise<Check[]> {
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...at,
    ref: head,
    filter: 'latest',
    per_page: 100,
  });
  return runs.map(({ name, status, conclusion, html_url: url }) => ({
    name,
    state: status === 'completed' ? (conclusions.get(conclusion ?? '') ?? 'failure') : 'pending',
    ...(url === null ? {} : { url }),
  }));
}

const conclusions = new Map<string, Check['state']>([
  ['success', 'success'],
  ['skipped', 'skipped'],
  ['neutral', 'skipped'],
]);

/** The last status of each name. */
async function readStatuses({ octokit, at }: GithubRepository, head: Sha): Promise<Check[]> {
  const statuses = await octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, {
    ...at,
    ref: head,
    per_page: 100,
  });
  const last = new Map<string, Check>();
  // Newest first: what stands there already is younger.
  for (const { context: name, state, target_url: url } of statuses)
    if (!last.has(name))
      last.set(name, {
        name,
        state: state === 'success' || state === 'pending' ? state : 'failure',
        ...(url === null ? {} : { url }),
      });
  return [...last.values()];
}
