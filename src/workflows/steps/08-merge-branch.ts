import { CancellationScope, workflowInfo } from '@temporalio/workflow';

import { changelogLines, changelogMarkdown } from '../../contract/changelog.js';
import { short } from '../../contract/digest.js';
import { pageOf } from '../../contract/handles.js';
import type { Sha } from '../../contract/release.js';
import type { Merge } from '../../contract/state.js';
import type { MeasuredCoverage, PullRequest } from '../../contract/activities.js';
import { build, onForge, publish } from '../activities.js';
import { fileLines, startedLine, testedLines } from '../cards.js';
import { reportCoverage } from '../coverage.js';
import type { Question } from '../courses.js';
import type { Desk } from '../desk.js';
import { awaitFix, made, refuse, sourceAt } from '../quality.js';
import { askOrReview, reviewsBehind } from '../reviews.js';
import type { PassedCandidate } from './07-pass-quality-gates.js';

/** Merges exactly the validated head into main; anything in the way waits for a fix, and then nothing is merged here. */
export async function mergeBranch(desk: Desk, passed: PassedCandidate): Promise<Merge | undefined> {
  const verdict = await desk.judge(async () => {
    if (desk.terms.finalVersion === 'pull-request') await setFinalVersion(desk, passed);
    const { pullRequest, coverage } = await openPullRequest(desk, passed);
    await approveMerge(desk, passed, pullRequest);
    return merge(desk, pullRequest, coverage);
  });
  if (verdict.passed) return verdict.value;
  passed.candidate.findings = verdict.findings;
  desk.fail(verdict.findings);
  await awaitFix(desk, verdict.findings);
  return undefined;
}

/** The candidate's commit becomes its child that says the final version and differs in nothing else, proved. */
async function setFinalVersion(desk: Desk, { candidate, manifest }: PassedCandidate): Promise<void> {
  const { terms, subject } = desk;
  // It has one already where this step is tried again.
  if (candidate.commit !== manifest.commit) return;
  const { commit } = desk.accept(
    await publish.ensureVersionCommit({
      source: sourceAt(desk, made(candidate.commit, 'version commit')),
      version: subject.version,
      branch: terms.branch,
      subject,
    }),
  );
  candidate.commit = commit;
}

/** The pull request, and what was measured on the merge that it would make, where that is checked here. */
async function openPullRequest(
  desk: Desk,
  { candidate, manifest }: PassedCandidate,
): Promise<{ pullRequest: PullRequest; coverage?: MeasuredCoverage }> {
  const { terms, subject } = desk;
  const { pullRequest } = desk.accept(
    await publish.ensurePullRequest({
      source: sourceAt(desk, made(candidate.commit, 'version commit')),
      base: terms.base,
      branch: terms.branch,
      subject,
      title: `Release ${subject.package} ${subject.version}`,
      body: bodyOf(desk, { candidate, manifest }),
    }),
  );
  // The forge's own checks judge a pull request; where it has none, our run of the suites on the merge result does.
  if (pullRequest.checks === 'forge') {
    desk.accept(await onForge.awaitChecks({ repository: terms.repository, pullRequest }));
    return { pullRequest };
  }
  const { coverage } = desk.accept(
    await build.checkSuites({ source: sourceAt(desk, pullRequest.merge), main: terms.main }),
  );
  return { pullRequest, coverage };
}

/** What the reviewers of the pull request read: what has passed, and where the rest of it stands. */
function bodyOf({ terms, ledger }: Desk, { candidate, manifest }: PassedCandidate): string {
  const notes = changelogMarkdown(candidate.changelog);
  const page = terms.webUi === undefined ? [] : [pageOf(terms.webUi, workflowInfo().namespace, ledger.id)];
  return [
    `Candidate ${manifest.version} passed.`,
    '',
    ...manifest.files.map(({ filename, sha256 }) => `- \`${filename}\` sha256 \`${sha256}\``),
    ...candidate.coverage.map(({ what }) => `- ${what}`),
    '',
    ...page.map((url) => `The release: ${url}`),
    ...(notes === '' ? [] : ['', '## Changelog', '', notes]),
  ].join('\n');
}

async function approveMerge(
  desk: Desk,
  { candidate, manifest }: PassedCandidate,
  pullRequest: PullRequest,
): Promise<void> {
  const { terms } = desk;
  const question: Question = {
    id: 'merge',
    consequence: `Merges ${terms.branch} into ${terms.base} at exactly this head.`,
    subject: [
      { label: 'pull request', value: pullRequest.url ?? pullRequest.id },
      { label: 'candidate', value: manifest.version },
      { label: 'head', value: pullRequest.head },
      { label: terms.base, value: pullRequest.previous },
      startedLine(desk),
      {
        label: 'changed since',
        value: `nothing but the version since ${short(candidate.base)}, which ${desk.approvers('branch')} approved`,
      },
      ...testedLines(candidate, manifest.version),
      ...fileLines(manifest.files),
      ...changelogLines(candidate.changelog),
    ],
    answers: ['approve', 'reject', 'hold'],
  };
  const answer = await askOrReview(desk, question, pullRequest.head);
  if (answer.kind === 'reject')
    refuse(`${answer.by} rejected the merge: ${answer.reason ?? 'no reason given'}`);
  desk.note({ what: `approved by ${desk.approvers('merge')}` });
}

async function merge(desk: Desk, pullRequest: PullRequest, checked?: MeasuredCoverage): Promise<Merge> {
  const { ledger, terms, subject } = desk;
  const { repository, base, branch } = terms;
  if (terms.reviews) await onForge.awaitMergeable({ repository, pullRequest });
  const { commit } = desk.accept(
    // A merge that is under way is not given up: what came of it must be known before an abort is carried out.
    await CancellationScope.nonCancellable(() =>
      publish.ensureMerged({
        repository,
        base,
        branch,
        pullRequest,
        reviews: reviewsBehind(desk, 'merge'),
        subject,
      }),
    ),
  );
  const done = { commit, previous: pullRequest.previous, head: pullRequest.head };
  if (!ledger.merges.some((known) => known.commit === commit)) ledger.merges.push(done);
  ledger.phase = 'merged';
  desk.note({ what: `merged as ${short(commit)}` });
  const coverage = await judgedOn(desk, commit, commit === pullRequest.merge ? checked : undefined);
  desk.note(...(await reportCoverage(desk, { commit, branch: base, coverage })));
  return done;
}

/** What all suites measure on the merge commit; they have run on exactly this one where it was checked before. */
async function judgedOn(
  desk: Desk,
  commit: Sha,
  checked: MeasuredCoverage | undefined,
): Promise<MeasuredCoverage> {
  if (checked === undefined)
    return desk.accept(await build.checkSuites({ source: sourceAt(desk, commit), main: desk.terms.main }))
      .coverage;
  desk.note({ what: 'all suites ran on exactly this merge commit' });
  return checked;
}
