import type { PullRequest, Review } from '../../../contract/activities.js';
import type { Sha } from '../../../contract/release.js';
import type { Check } from '../forge.js';
import { orNothing, type GithubRepository } from './api.js';
import { listPulls, readPull } from './pull-requests.js';

/** The standing reviews of exactly this head, the last word of each person; an author's own do not count. */
export async function readReviews(
  repository: GithubRepository,
  branch: string,
  head: Sha,
): Promise<Review[]> {
  const { octokit, at: repo } = repository;
  const pull = (await listPulls(repository, branch)).find((candidate) => candidate.head === head);
  if (pull === undefined) return [];
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
    ...repo,
    pull_number: pull.number,
    per_page: 100,
  });
  // A comment takes no earlier word back; a dismissal does.
  const words = reviews.filter(
    ({ user, state }) => state !== 'COMMENTED' && state !== 'PENDING' && user?.login !== pull.author,
  );
  const last = new Map(words.map((review) => [review.user?.login, review]));
  return [...last.values()].flatMap(({ id, user, state, commit_id: commit, submitted_at: at, body }) => {
    const said = states.get(state);
    if (said === undefined || commit !== head) return [];
    const reason = body === '' ? {} : { reason: body };
    return [{ id: String(id), by: user?.login ?? '', at: at ?? '', state: said, ...reason }];
  });
}

const states = new Map<string, Review['state']>([
  ['APPROVED', 'approved'],
  ['CHANGES_REQUESTED', 'changes-requested'],
]);

/** The expected checks of a head, check runs and statuses together; where none is expected by name, all that there are. */
export async function readChecks(
  repository: GithubRepository,
  { head, id }: Pick<PullRequest, 'head' | 'id'>,
  wanted: readonly string[],
): Promise<Check[]> {
  const { base } = await readPull(repository, Number(id));
  const expected = new Set([...wanted, ...(await demandedChecks(repository, base.ref))]);
  const found = [...(await readRuns(repository, head)), ...(await readStatuses(repository, head))];
  if (expected.size === 0) return found;
  const missing = [...expected].filter((name) => !found.some((check) => check.name === name));
  return [
    ...found.filter(({ name }) => expected.has(name)),
    ...missing.map((name): Check => ({ name, state: 'missing' })),
  ];
}

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

/** Why GitHub would not merge yet. */
export async function readMergeBlock(
  repository: GithubRepository,
  { id }: Pick<PullRequest, 'id'>,
): Promise<string | undefined> {
  const { merged, draft, mergeable, mergeable_state: state } = await readPull(repository, Number(id));
  if (merged) return undefined;
  if (draft === true || state === 'draft') return 'it is a draft: mark it as ready for review';
  if (mergeable === null || state === 'unknown') return 'GitHub works out whether it can be merged';
  if (state === 'blocked') return 'the rules of its base branch want more reviews or checks';
  return undefined;
}
