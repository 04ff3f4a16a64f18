import { changelogEvidence, changelogFindings, changelogLines } from '../../contract/changelog.js';
import { short } from '../../contract/digest.js';
import type { BranchHead } from '../../contract/release.js';
import type { Candidate } from '../../contract/state.js';
import { notPassed, type Verdict } from '../../contract/verdict.js';
import { build } from '../activities.js';
import { changedLines, startedLine } from '../cards.js';
import { reportCoverage } from '../coverage.js';
import type { Question } from '../courses.js';
import type { Desk } from '../desk.js';
import { awaitFix, candidateOf, refuse, sourceAt, takeNext } from '../quality.js';
import { askOrReview } from '../reviews.js';

/** Pins the branch to one commit, runs all suites under coverage there, and has people approve exactly that commit. */
export async function validateBranch(desk: Desk): Promise<Candidate> {
  for (;;) {
    // Without a new head the step is being tried again for the commit that it had.
    const candidate =
      desk.ledger.next === undefined ? candidateOf(desk) : openCandidate(desk, takeNext(desk));
    const verdict = await desk.judge(() => validateCommit(desk, candidate));
    if (verdict.passed) return verdict.value;
    Object.assign(candidate, { findings: verdict.findings, judgedAt: desk.now() });
    desk.fail(verdict.findings);
    await awaitFix(desk, verdict.findings);
    desk.reopen('01-validate-branch');
  }
}

async function validateCommit(desk: Desk, candidate: Candidate): Promise<Candidate> {
  desk.note({ what: `${desk.terms.branch} at ${short(candidate.base)}` });
  const judged = await build.checkSuites({ source: sourceAt(desk, candidate.base), main: desk.terms.main });
  desk.acceptAll([changelogVerdict(candidate), judged].filter(({ passed }) => !passed));
  desk.note(...changelogEvidence(candidate.changelog));
  const suites = desk.accept(judged);
  const reported = await reportCoverage(desk, {
    commit: candidate.base,
    branch: desk.terms.branch,
    coverage: suites.coverage,
  });
  desk.note(...reported);
  candidate.coverage = [...suites.evidence, ...reported];
  candidate.measured = { lines: suites.coverage.lines, covered: suites.coverage.covered };
  const question: Question = {
    id: 'branch',
    consequence: `Releases ${desk.subject.package} ${desk.subject.version} from exactly this commit of ${desk.terms.branch}.`,
    subject: [
      { label: 'commit', value: candidate.base },
      { label: 'candidate', value: String(desk.ledger.candidates.length) },
      { label: 'configuration', value: short(candidate.config.digest) },
      startedLine(desk),
      ...changedLines(desk, candidate),
      ...candidate.coverage.map((item) => ({ label: 'found', value: item.what })),
      ...changelogLines(candidate.changelog),
    ],
    answers: ['approve', 'reject', 'hold', 'fix'],
  };
  const answer = await askOrReview(desk, question, candidate.base);
  if (answer.kind === 'reject')
    refuse(`${answer.by} rejected the branch: ${answer.reason ?? 'no reason given'}`);
  if (answer.kind === 'fix') refuse(`${answer.by} announced a new commit before the approval`);
  desk.note({ what: `approved by ${desk.approvers('branch')}` });
  return candidate;
}

/** A version that the changelog does not tell of is found together with what the suites find. */
function changelogVerdict({ changelog }: Candidate): Verdict {
  const findings = changelogFindings(changelog);
  return findings.length > 0 ? notPassed(findings) : { passed: true, evidence: [] };
}

function openCandidate(desk: Desk, head: BranchHead): Candidate {
  const candidate: Candidate = {
    base: head.commit,
    startedAt: desk.now(),
    config: head.config,
    configChanges: head.configChanges,
    ...(head.commits === undefined ? {} : { commits: head.commits }),
    ...(head.changelog === undefined ? {} : { changelog: head.changelog }),
    coverage: [],
    findings: [],
  };
  desk.ledger.candidates.push(candidate);
  return candidate;
}
