import type { PublishActivities } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import { failure } from '../../contract/failures.js';
import { finding, notPassed, type Finding } from '../../contract/verdict.js';
import type { Check, OpenForge } from '../forge/forge.js';
import { pause } from '../support/cancellation.js';
import { mirrorWith } from '../support/git/mirror.js';
import { readCommit } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';

const askMilliseconds = 10_000;

/** Waits until no check of the pull request is pending; anything but success, and no check at all, is a finding. */
export async function awaitChecks(
  openForge: OpenForge,
  { repository, pullRequest }: Parameters<PublishActivities['awaitChecks']>[0],
): ReturnType<PublishActivities['awaitChecks']> {
  const forge = openForge(repository);
  let checks = (await forge.readChecks(pullRequest)) ?? [];
  while (checks.some(({ state }) => state === 'pending')) {
    await pause(askMilliseconds);
    checks = (await forge.readChecks(pullRequest)) ?? [];
  }
  if (checks.length === 0)
    return notPassed([
      finding(`No check ran on ${short(pullRequest.head)}: see to it that CI runs on the pull request`),
    ]);
  const findings = checks.flatMap(checkFinding);
  if (findings.length > 0) return notPassed(findings);
  return { passed: true, evidence: checks.map(({ name }) => ({ what: `the check ${name} passed` })) };
}

function checkFinding({ name, state, url }: Check): Finding[] {
  return state === 'success' ? [] : [finding(`The check ${name} is no success: ${state}`, url)];
}

/** Merges exactly the head that was judged, onto exactly the main that it was judged against. */
export async function ensureMerged(
  bench: Workbench,
  openForge: OpenForge,
  { repository, base, pullRequest }: Parameters<PublishActivities['ensureMerged']>[0],
): ReturnType<PublishActivities['ensureMerged']> {
  const { head, previous } = pullRequest;
  const outcome = await openForge(repository).ensureMerged(pullRequest, base);
  if (outcome.state === 'moved')
    return notPassed([
      finding(
        `${base} moved: it stands at ${outcome.found === undefined ? 'nothing' : short(outcome.found)} and not at ${short(previous)}`,
        `Nothing was merged. Merge ${base} into the release branch, push it and send \`fix\`.`,
      ),
    ]);
  const { commit } = outcome;
  const { parents } = await readCommit(await mirrorWith(bench, repository, commit), commit);
  if (parents[0] !== previous || parents[1] !== head)
    throw failure('integrity', {
      now: `${base} holds the merge ${commit} of ${parents.join(' and ')}.`,
      not: `What was judged is the merge of ${head} into ${previous}.`,
      next: `Look at who merged it. Then \`abort\`, and choose whether ${base} is put back.`,
    });
  return {
    passed: true,
    commit,
    evidence: [{ what: `${base} holds ${commit}, the merge of ${head} into ${previous}` }],
  };
}
