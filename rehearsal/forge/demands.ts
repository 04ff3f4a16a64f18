import type { CheckRunFields } from './changes.js';
import type { Permission, Protection } from './contract.js';
import { allows, permissionIn, type Repository } from './site.js';
import type { Pull, Review } from './state.js';

/** How a required check stands at a commit; `expected` is one of which nothing was heard. */
export type CheckState = 'success' | 'failing' | 'pending' | 'expected';

/** What a branch demands, if it is protected. */
export function protectionOf({ settings }: Repository, branch: string): Protection | undefined {
  return settings.protection[branch];
}

/** Whether demands were set up as a ruleset. */
export function isRuleset({ as }: Protection): boolean {
  return as === 'ruleset';
}

/** Whether they bind somebody with that permission. */
export function isBound({ enforceAdmins }: Protection, permission: Permission): boolean {
  return permission !== 'admin' || enforceAdmins === true;
}

/** What the API says where a ruleset is not met. */
export function violations(unmet: readonly string[]): string {
  return ['Repository rule violations found', ...unmet, ''].join('\n\n');
}

/** The newest check run of each name at a commit; an app's later run of the same name replaces its earlier one. */
export function latestRuns({ state }: Repository, sha: string): CheckRunFields[] {
  const latest = new Map<string, CheckRunFields>();
  for (const run of state.checkRuns.values()) if (run.sha === sha) latest.set(`${run.by} ${run.name}`, run);
  return [...latest.values()].sort((a, b) => b.id - a.id);
}

/** The newest status of each context at a commit. */
export function latestStatuses({ state }: Repository, sha: string): Repository['state']['statuses'] {
  const latest = new Map(state.statuses.filter((it) => it.sha === sha).map((it) => [it.context, it]));
  return [...latest.values()].sort((a, b) => b.id - a.id);
}

/** How a check stands at a commit; a skipped or neutral run counts as a success, as it does on GitHub. */
export function checkState(repository: Repository, sha: string, name: string): CheckState {
  const run = latestRuns(repository, sha).find((it) => it.name === name);
  const status = latestStatuses(repository, sha).find((it) => it.context === name);
  const states = [...(run ? [runState(run)] : []), ...(status ? [statusState(status.state)] : [])];
  const worst = (['failing', 'pending', 'success'] as const).find((state) => states.includes(state));
  return worst ?? 'expected';
}

function runState({ status, conclusion }: CheckRunFields): CheckState {
  if (status !== 'completed') return 'pending';
  return conclusion === 'success' || conclusion === 'neutral' || conclusion === 'skipped'
    ? 'success'
    : 'failing';
}

function statusState(state: string): CheckState {
  if (state === 'success' || state === 'pending') return state;
  return 'failing';
}

/** Whether anything at all that reported on a commit is not green. */
export function isUnstable(repository: Repository, sha: string): boolean {
  const names = [
    ...latestRuns(repository, sha).map(({ name }) => name),
    ...latestStatuses(repository, sha).map(({ context }) => context),
  ];
  return names.some((name) => checkState(repository, sha, name) !== 'success');
}

/** The latest reviews that count: one a person, not the author's, of people who may write. */
export function standingReviews(repository: Repository, pull: Pull): Review[] {
  const standing = new Map<string, Review>();
  for (const review of pull.reviews) {
    if (review.by === pull.by || review.state === 'COMMENTED' || review.state === 'PENDING') continue;
    if (allows(permissionIn(repository, review.by), 'write')) standing.set(review.by, review);
  }
  return [...standing.values()];
}

/** What of the base branch's demands a pull request's head does not meet, in GitHub's words. */
export function unmetDemands(repository: Repository, pull: Pull, isBehind: boolean): string[] {
  const protection = protectionOf(repository, pull.base.ref);
  if (protection === undefined) return [];
  return [
    ...unmetChecks(repository, protection, pull.head.sha, isBehind),
    ...unmetReviews(repository, protection, pull),
  ];
}

/** Which required checks a commit has not passed, in GitHub's words. */
export function unmetChecks(
  repository: Repository,
  { requiredChecks = [], strict = false }: Protection,
  sha: string,
  isBehind: boolean,
): string[] {
  const all = requiredChecks.length;
  // GitHub does not look at the checks of a head that is out of date.
  const expected = `${all} of ${all} required status checks are expected.`;
  if (strict && isBehind && all > 0) return [expected];
  const states = requiredChecks.map((name) => ({ name, state: checkState(repository, sha, name) }));
  const open = states.filter(({ state }) => state !== 'success');
  const [first] = open;
  if (first === undefined) return [];
  if (open.length === 1) {
    const what = first.state === 'pending' ? 'in progress' : first.state;
    return [`Required status check "${first.name}" is ${what}.`];
  }
  if (open.every(({ state }) => state === 'expected'))
    return [`${open.length} of ${all} required status checks are expected.`];
  const counts = (['failing', 'pending', 'expected'] as const)
    .map((state) => [open.filter((it) => it.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`);
  return [`${open.length} of ${all} required status checks have not succeeded: ${counts.join(' and ')}.`];
}

function unmetReviews(repository: Repository, { requiredApprovals }: Protection, pull: Pull): string[] {
  if (requiredApprovals === undefined) return [];
  const standing = standingReviews(repository, pull);
  if (standing.some(({ state }) => state === 'CHANGES_REQUESTED')) return ['Changes have been requested.'];
  if (standing.filter(({ state }) => state === 'APPROVED').length >= requiredApprovals) return [];
  const review = requiredApprovals === 1 ? 'approving review is' : 'approving reviews are';
  return [`At least ${requiredApprovals} ${review} required by reviewers with write access.`];
}
