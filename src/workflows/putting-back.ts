import type { MeasuredCoverage } from '../contract/activities.js';
import type { NoRevert, Revert, RevertOrder, RevertOutcome } from '../contract/reverting.js';
import { short } from '../contract/digest.js';
import type { MessageKind } from '../contract/messages.js';
import type { Sha } from '../contract/release.js';
import type { Rollback } from '../contract/state.js';
import type { Finding } from '../contract/verdict.js';
import { build, onForge, publish } from './activities.js';
import { reportCoverage } from './coverage.js';
import type { Desk } from './desk.js';
import { noticing } from './noticing.js';

/** What becomes of main, and who says so. */
export type Choice = Required<Pick<Rollback, 'chosen' | 'by'>>;

type Proposal = Extract<RevertOutcome, { state: 'proposed' }>;

/** What came of it: the commit after which main holds nothing of the release, its head where nothing had to be reverted, or who kept main after all. */
type PutBack = Pick<Rollback, 'commit' | 'unchanged'> | Choice;

/** Takes the release out of main by a revert that is tested before main is touched; what stands in its way is put to people. */
export async function putBack(desk: Desk, order: RevertOrder): Promise<PutBack> {
  for (;;) {
    const made = await publish.ensureRevertMade(order);
    const done = made.passed
      ? await bringBack(desk, order, made)
      : await askAbout(desk, made.findings, ['retry', 'reject']);
    if (typeof done === 'object') return done;
  }
}

async function bringBack(
  desk: Desk,
  order: RevertOrder,
  made: Extract<Awaited<ReturnType<typeof publish.ensureRevertMade>>, { passed: true }>,
): Promise<PutBack | 'again'> {
  desk.note(...made.evidence);
  if (!('revert' in made)) return withoutRevert(made);
  const { revert } = made;
  const { findings, coverage } = await testRevert(desk, order, revert);
  if (findings.length > 0) {
    const answer = await askAbout(desk, findings, ['approve', 'retry', 'reject'], revert.commit);
    if (answer !== 'approve') return answer;
  }
  const outcome = await publish.ensureReverted({ ...order, revert });
  if (outcome.state === 'moved') return 'again';
  desk.note(...outcome.evidence);
  if (outcome.state === 'proposed') return awaitProposed(desk, order, revert, outcome);
  if (coverage !== undefined) await report(desk, revert.commit, coverage);
  return { commit: revert.commit };
}

/** What becomes of a main that needs no revert: nothing is committed there that could be named as one. */
export function withoutRevert(why: NoRevert): Pick<Rollback, 'commit' | 'unchanged'> {
  return 'back' in why ? { commit: why.back } : { unchanged: why.unchanged };
}

/** Where main is protected the pull request has to pass as any other, and main is not right before it is merged. */
async function awaitProposed(
  desk: Desk,
  order: RevertOrder,
  revert: Revert,
  { pull, evidence }: Proposal,
): Promise<PutBack | 'again'> {
  const notice = evidence.map(({ what }) => what).join('; ');
  const reached = await noticing(desk, notice, () =>
    onForge.awaitReverted({ ...order, revert, ...(pull === undefined ? {} : { pull }) }),
  );
  desk.note(...reached.evidence);
  if (!reached.passed) {
    const answer = await askAbout(desk, reached.findings, ['retry', 'reject']);
    return answer === 'approve' ? 'again' : answer;
  }
  const { commit, untested } = reached;
  if (untested !== undefined) {
    const { findings } = await testRevert(desk, order, untested);
    if (findings.length > 0) await askAbout(desk, findings, ['approve'], commit);
  }
  return { commit };
}

/** What the suites say of main without the release; what went before its first release was never tested. */
async function testRevert(
  desk: Desk,
  { repository, base, lastStable }: RevertOrder,
  { commit, config }: Revert,
): Promise<{ readonly findings: readonly Finding[]; readonly coverage?: MeasuredCoverage }> {
  const why =
    lastStable === undefined
      ? `there is no last stable version on ${base}`
      : 'it has no configuration of suites that can be read';
  if (lastStable === undefined || config === undefined) {
    desk.note({ what: `no suite was run on ${short(commit)}: ${why}` });
    return { findings: [] };
  }
  const verdict = await build.checkSuites({
    source: { repository, commit, config, version: lastStable.version },
    main: desk.terms.main,
  });
  desk.note(...verdict.evidence);
  if (!verdict.passed) return { findings: verdict.findings };
  desk.note({ what: `all suites passed on ${short(commit)}` });
  return { findings: [], coverage: verdict.coverage };
}

/** Puts what stands in the way to people: they push it all the same, have it tried again, or keep main. */
async function askAbout<Kind extends MessageKind>(
  desk: Desk,
  findings: readonly Finding[],
  answers: readonly Kind[],
  commit?: Sha,
): Promise<'again' | 'approve' | Choice> {
  const { base } = desk.terms;
  const meanings: Partial<Record<MessageKind, string>> = {
    approve: 'approve takes it all the same',
    retry: `retry looks at ${base} again after it was mended by hand`,
    reject: `reject keeps ${base} as it is`,
  };
  const answer = await desk.ask({
    id: 'put-main-back',
    consequence: `${base} is not right yet: ${answers.map((kind) => meanings[kind]).join(', ')}.`,
    subject: [
      ...(commit === undefined ? [] : [{ label: 'commit', value: commit }]),
      ...findings.map(({ title }) => ({ label: 'finding', value: title })),
    ],
    answers,
    quorum: 1,
  });
  if (answer.kind === 'reject') return { chosen: 'kept', by: answer.by };
  return answer.kind === 'approve' ? 'approve' : 'again';
}

/** Brings what was measured to the coverage service; nothing of it can take the revert back. */
async function report(desk: Desk, commit: Sha, coverage: MeasuredCoverage): Promise<void> {
  const { base: branch } = desk.terms;
  const judged = await desk.judge(() => reportCoverage(desk, { commit, branch, coverage }));
  desk.note(...(judged.passed ? judged.value : judged.findings.map(({ title }) => ({ what: title }))));
}
