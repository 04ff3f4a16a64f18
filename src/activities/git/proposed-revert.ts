import type { PublishActivities } from '../../contract/activities.js';
import type { RevertOutcome } from '../../contract/reverting.js';
import { short } from '../../contract/digest.js';
import { notYet } from '../../contract/failures.js';
import type { Sha } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import type { OpenForge } from '../forge/forge.js';
import { makeCommit, mergeTrees } from '../support/git/making.js';
import { freshMirror, type Mirror } from '../support/git/mirror.js';
import { readCommit } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';
import { awaitChecks, awaitMergeable } from './merging.js';
import { configDigest } from './package-at.js';
import { lookAtBase, takenOut } from './on-base.js';

type Proposed = Parameters<PublishActivities['awaitReverted']>[0];
type Reverted = Awaited<ReturnType<PublishActivities['awaitReverted']>>;

/** Where nobody may push to main, the revert goes the way of every other change. */
export async function proposeRevert(
  openForge: OpenForge,
  { repository, base, subject, reason, revert }: Parameters<PublishActivities['ensureReverted']>[0],
  why: string,
): Promise<RevertOutcome> {
  const { version } = subject;
  const { evidence, pull } = await openForge(repository).ensureProposed({
    subject,
    base,
    branch: revertBranch(version, revert),
    head: revert.commit,
    title: `Take ${subject.package} ${version} back`,
    body: `${subject.package} ${version} is taken back: ${reason}`,
  });
  const what = `${base} refused the push (${why}), so the revert is proposed. ${evidence.what}`;
  return {
    state: 'proposed',
    ...(pull === undefined ? {} : { pull }),
    evidence: [{ ...evidence, what }],
  };
}

/** The branch on which people find a revert. */
function revertBranch(version: string, { commit }: Proposed['revert']): string {
  return `slipway/take-back-${version}-${short(commit)}`;
}

/** Waits until nothing of the release is left on main, and merges the pull request as soon as its checks and approvals allow it. */
export async function awaitReverted(
  bench: Workbench,
  openForge: OpenForge,
  input: Proposed,
): Promise<Reverted> {
  const mirror = await freshMirror(bench, input.repository);
  const done = await findReverted(mirror, input);
  if (done !== undefined) return done;
  const { base, repository, subject, pull, revert } = input;
  const held = `${base} holds ${subject.version} still`;
  if (pull === undefined) throw notYet(held, openForge(repository).pollSeconds);
  const pullRequest = {
    ...pull,
    head: revert.commit,
    ...(await mergeOf(mirror, input)),
    checks: 'forge' as const,
  };
  const checked = await awaitChecks(openForge, { repository, pullRequest });
  if (!checked.passed) return checked;
  await awaitMergeable(openForge, { repository, pullRequest });
  await openForge(repository).ensureMerged(pullRequest, base, revertBranch(subject.version, revert));
  throw notYet(held, 1);
}

/** The merge that the forge would make of the revert and main as it stands now. */
async function mergeOf(mirror: Mirror, input: Proposed): Promise<{ previous: Sha; merge: Sha }> {
  const { base: previous } = await lookAtBase(mirror, input);
  const head = input.revert.commit;
  const merged = await mergeTrees(mirror, previous, head);
  // What does not merge is the forge's to say.
  if ('conflicts' in merged) return { previous, merge: head };
  const { tree } = merged;
  return {
    previous,
    merge: await makeCommit(mirror, { tree, parents: [previous, head], message: 'revert' }),
  };
}

/** What main holds once nothing of the release is left there, and whether that is what was tested. */
async function findReverted(mirror: Mirror, input: Proposed): Promise<Reverted | undefined> {
  const { base, left } = await lookAtBase(mirror, input);
  const { tree } = await readCommit(mirror, base);
  if ((await takenOut(mirror, base, left)) !== tree) return undefined;
  const tested = (await readCommit(mirror, input.revert.commit)).tree === tree;
  const config = tested ? undefined : await configDigest(mirror, base);
  const onMain: Evidence = {
    what: `nothing of ${input.subject.version} is left on ${input.base}: ${short(base)}`,
  };
  if (tested) return { passed: true, commit: base, evidence: [onMain] };
  const untested = { commit: base, onto: input.revert.onto, ...(config === undefined ? {} : { config }) };
  return {
    passed: true,
    commit: base,
    untested,
    evidence: [onMain, { what: `others have committed to ${input.base} since the revert was made` }],
  };
}
