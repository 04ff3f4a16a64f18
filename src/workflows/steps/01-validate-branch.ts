import { short } from '../../contract/digest.js';
import type { BranchHead } from '../../contract/release.js';
import type { Candidate } from '../../contract/state.js';
import { build } from '../activities.js';
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
    candidate.findings = verdict.findings;
    desk.fail(verdict.findings);
    await awaitFix(desk, verdict.findings);
    desk.reopen('01-validate-branch');
  }
}

async function validateCommit(desk: Desk, candidate: Candidate): Promise<Candidate> {
  desk.note({ what: `${desk.terms.branch} at ${short(candidate.base)}` });
  const suites = desk.accept(
    await build.checkSuites({ source: sourceAt(desk, candidate.base), main: desk.terms.main }),
  );
  const reported = await reportCoverage(desk, {
    commit: candidate.base,
    branch: desk.terms.branch,
    coverage: suites.coverage,
  });
  desk.note(...reported);
  candidate.coverage = [...suites.evidence, ...reported];
  const question: Question = {
    id: 'branch',
    consequence: `Releases ${desk.subject.package} ${desk.subject.version} from exactly this commit of ${desk.terms.branch}.`,
    subject: [
      { label: 'commit', value: candidate.base },
      { label: 'candidate', value: String(desk.ledger.candidates.length) },
      { label: 'configuration', value: short(candidate.config.digest) },
      ...candidate.configChanges.map((change) => ({ label: 'configuration changed', value: change })),
      ...candidate.coverage.map((item) => ({ label: 'found', value: item.what })),
    ],
    answers: ['approve', 'reject', 'fix'],
  };
  const answer = await askOrReview(desk, question, candidate.base);
  if (answer.kind === 'reject')
    refuse(`${answer.by} rejected the branch: ${answer.reason ?? 'no reason given'}`);
  if (answer.kind === 'fix') refuse(`${answer.by} announced a new commit before the approval`);
  desk.note({ what: `approved by ${desk.approvers('branch')}` });
  return candidate;
}

function openCandidate(desk: Desk, head: BranchHead): Candidate {
  const candidate: Candidate = {
    base: head.commit,
    config: head.config,
    configChanges: head.configChanges,
    coverage: [],
    findings: [],
  };
  desk.ledger.candidates.push(candidate);
  return candidate;
}
