import type { PublishActivities, PullRequest } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import { failure, notYet } from '../../contract/failures.js';
import type { Sha } from '../../contract/release.js';
import { finding, notPassed, type Finding } from '../../contract/verdict.js';
import type { Check, Forge, MergeOutcome, OpenForge } from '../forge/forge.js';
import { sinceAsked } from '../support/engine-clock.js';
import { isAncestor, mirrorWith } from '../support/git/mirror.js';
import { readCommit } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';
import { movedFinding } from './version-commit.js';

type Moved = Extract<MergeOutcome, { state: 'moved' }>;

/** How long an expected check may take to appear, in minutes: no check at all is not green. */
const appearMinutes = 15;

/** Waits until no check of the pull request is pending; anything but success, and no check at all, is a finding. */
export async function awaitChecks(
  openForge: OpenForge,
  { repository, pullRequest }: Parameters<PublishActivities['awaitChecks']>[0],
): ReturnType<PublishActivities['awaitChecks']> {
  const forge = openForge(repository);
  const found = await forge.readChecks(pullRequest);
  const checks = found ?? [];
  const open = stillOpen(checks);
  if (open.length > 0 || (found?.length === 0 && minutesSoFar() < appearMinutes))
    throw notYet(
      `waits for ${open.map(({ name, state }) => `${name} (${state})`).join(', ') || 'any check'}`,
      forge.pollSeconds,
    );
  if (checks.length === 0)
    return notPassed([
      finding(`No check ran on ${short(pullRequest.head)}: see to it that CI runs on the pull request`),
    ]);
  const findings = checks.flatMap(checkFinding);
  if (findings.length > 0) return notPassed(findings);
  return { passed: true, evidence: checks.map(({ name }) => ({ what: `the check ${name} passed` })) };
}

/** The checks that may still become green: one that has not appeared is waited for only so long. */
function stillOpen(checks: readonly Check[]): Check[] {
  const appearing = minutesSoFar() < appearMinutes;
  return checks.filter(({ state }) => state === 'pending' || (state === 'missing' && appearing));
}

/** Since the activity was asked for, through all its attempts. */
function minutesSoFar(): number {
  return sinceAsked()() / 60_000;
}

/** Waits for a review of this head that the release has not heard. */
export async function awaitReviews(
  openForge: OpenForge,
  { repository, branch, head, heard }: Parameters<PublishActivities['awaitReviews']>[0],
): ReturnType<PublishActivities['awaitReviews']> {
  const forge = openForge(repository);
  const reviews = (await forge.readReviews(branch, head)).filter(({ id }) => !heard.includes(id));
  if (reviews.length === 0) throw notYet(`no new review of ${short(head)}`, forge.pollSeconds);
  return { reviews };
}

/** Waits until the forge's own rules allow the merge. */
export async function awaitMergeable(
  openForge: OpenForge,
  { repository, pullRequest }: Parameters<PublishActivities['awaitMergeable']>[0],
): ReturnType<PublishActivities['awaitMergeable']> {
  const forge = openForge(repository);
  const block = await forge.readMergeBlock(pullRequest);
  if (block !== undefined) throw notYet(`${pullRequest.url ?? pullRequest.id}: ${block}`, forge.pollSeconds);
}

function checkFinding({ name, state, url }: Check): Finding[] {
  return state === 'success' ? [] : [finding(`The check ${name} is no success: ${state}`, url)];
}

/** Merges exactly the head that was judged, onto exactly the main that it was judged against. */
export async function ensureMerged(
  bench: Workbench,
  openForge: OpenForge,
  {
    repository,
    base,
    branch,
    pullRequest,
    reviews,
    subject,
  }: Parameters<PublishActivities['ensureMerged']>[0],
): ReturnType<PublishActivities['ensureMerged']> {
  const { head, previous } = pullRequest;
  const forge = openForge(repository);
  if (reviews.length > 0 && (await forge.readMerged(branch, base, head)) === undefined) {
    const withdrawn = await withdrawnReviews(forge, branch, head, reviews);
    if (withdrawn.length > 0) return notPassed(withdrawn);
  }
  const outcome = await forge.ensureMerged(pullRequest, base, branch);
  if (outcome.state === 'moved') return notPassed([mergeFinding(base, outcome)]);
  const { commit } = outcome;
  await checkMerge(bench, repository, base, pullRequest, commit);
  await forge.ensureTold(branch, subject, [`Merged into ${base} as ${commit}.`]);
  return {
    passed: true,
    commit,
    evidence: [{ what: `${base} holds ${commit}, the merge of ${head} into ${previous}` }],
  };
}

/** Why nothing was merged: one end of the merge is not where it was judged. */
function mergeFinding(base: string, { ref, expected, found }: Moved): Finding {
  if (ref !== base) return movedFinding(ref, expected, found);
  return finding(
    `${base} moved: it stands at ${found === undefined ? 'nothing' : short(found)} and not at ${short(expected)}`,
    `Nothing was merged. Merge ${base} into the release branch, push it and send \`fix\`.`,
  );
}

/** The reviews behind an approval that do not stand any more. */
async function withdrawnReviews(
  forge: Forge,
  branch: string,
  head: Sha,
  reviews: readonly string[],
): Promise<Finding[]> {
  const standing = await forge.readReviews(branch, head);
  const gone = reviews.filter(
    (id) => !standing.some((review) => review.id === id && review.state === 'approved'),
  );
  return gone.map((id) =>
    finding(`The review ${id}, which the approval rests on, was withdrawn: nothing was merged`),
  );
}

/** The merge has to make exactly the tree that was judged, on exactly the base, however the forge shapes it. */
async function checkMerge(
  bench: Workbench,
  repository: string,
  base: string,
  { head, previous, merge }: PullRequest,
  commit: Sha,
): Promise<void> {
  const mirror = await mirrorWith(bench, repository, commit);
  const made = await readCommit(mirror, commit);
  const judged = await readCommit(mirror, merge);
  if (made.tree === judged.tree && (await isAncestor(mirror, previous, commit))) return;
  throw failure('integrity', {
    now: `${base} holds the merge ${commit} of ${made.parents.join(' and ')}.`,
    not: `What was judged is the merge of ${head} into ${previous}.`,
    next: `Look at who merged it. Then \`abort\`, and choose whether ${base} is put back.`,
  });
}
