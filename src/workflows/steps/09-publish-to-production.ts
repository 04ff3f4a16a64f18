import { changelogLines } from '../../contract/changelog.js';
import { formatDuration } from '../../contract/duration.js';
import type { Decision } from '../../contract/gates.js';
import { failedParts, rerunsLeft } from '../../contract/reruns.js';
import type { FinalVersion, Merge } from '../../contract/state.js';
import { build, publish } from '../activities.js';
import { fileLines, startedLine, testedLines } from '../cards.js';
import type { Desk } from '../desk.js';
import { lostLine, publishFiles } from '../publishing.js';
import { awaitFix, installationOf, refuse, sourceAt } from '../quality.js';
import { beReady, look, readinessLines, stayReady } from '../readiness.js';
import { runAllTests } from '../testing.js';
import type { PassedCandidate } from './07-pass-quality-gates.js';

/** Builds the final version, proves it, has people approve exactly its files, uploads and tags them; nothing if a fix is to come first. */
export async function publishToProduction(
  desk: Desk,
  passed: PassedCandidate,
  merged: Merge,
): Promise<FinalVersion | undefined> {
  const { ledger } = desk;
  // Tried again after the upload began: what was approved goes on, nothing is judged anew.
  let approved = ledger.phase === 'uploading' ? ledger.final : undefined;
  let again: Decision | undefined;
  for (;;) {
    if (approved !== undefined && (await upload(desk, approved, merged))) return approved;
    const verdict = await desk.judge(async () => {
      const final = await buildFinal(desk, passed, merged, again);
      await approveUpload(desk, passed, final);
      await stayReady(desk);
      return final;
    });
    approved = verdict.passed ? verdict.value : undefined;
    if (verdict.passed) continue;
    passed.candidate.findings = verdict.findings;
    desk.fail(verdict.findings);
    const asked = await awaitFix(desk, verdict.findings, otherAnswers(desk, passed));
    if (asked === undefined) return undefined;
    again = asked.kind === 'rerun' ? asked : undefined;
    desk.reopen('09-publish-to-production');
  }
}

/** What else than a fix may follow: tests that failed are run again only as often as the settings allow. */
function otherAnswers({ terms }: Desk, { candidate }: PassedCandidate): ('retry' | 'rerun')[] {
  if (failedParts(candidate, '09-publish-to-production').length === 0) return ['retry'];
  return rerunsLeft(terms, candidate, '09-publish-to-production') > 0 ? ['rerun'] : [];
}

async function buildFinal(
  desk: Desk,
  passed: PassedCandidate,
  merged: Merge,
  again?: Decision,
): Promise<FinalVersion> {
  const { subject, ledger } = desk;
  const anew = ledger.lost !== undefined;
  const { commit } = desk.accept(
    await publish.ensureVersionCommit({
      source: sourceAt(desk, merged.commit),
      version: subject.version,
      subject,
    }),
  );
  const source = sourceAt(desk, commit);
  const { manifest } = desk.accept(
    await build.buildArtifacts({ source, ...subject, like: passed.manifest, ...(anew && { anew }) }),
  );
  // What could take the upload back is looked at while the files are tested: both take their time.
  const [opensAt] = await Promise.all([
    look(desk),
    runAllTests(desk, {
      step: '09-publish-to-production',
      installation: installationOf(desk, manifest, { store: true }),
      again,
    }),
  ]);
  await beReady(desk, opensAt);
  return { commit, manifest };
}

async function approveUpload(desk: Desk, passed: PassedCandidate, final: FinalVersion): Promise<void> {
  const { terms, subject } = desk;
  const { files } = final.manifest;
  const answer = await desk.ask({
    id: 'production',
    consequence: `Uploads these ${String(files.length)} files to ${terms.production.name}; this cannot be undone, only yanked.`,
    subject: [
      { label: 'release', value: `${subject.package} ${subject.version}` },
      { label: 'commit', value: final.commit },
      startedLine(desk),
      {
        label: 'changed since',
        value: `nothing but the version since ${passed.manifest.version}, whose merge ${desk.approvers('merge')} approved`,
      },
      ...testedLines(passed.candidate, 'exactly these files'),
      ...fileLines(files),
      ...changelogLines(passed.candidate.changelog),
      { label: 'watched for', value: formatDuration(terms.watchSeconds) },
      ...readinessLines(desk),
    ],
    answers: ['approve', 'reject', 'hold'],
  });
  if (answer.kind === 'reject')
    refuse(
      `${answer.by} rejected the upload: ${answer.reason ?? 'no reason given'}`,
      'Nothing was uploaded.',
    );
  desk.note({ what: `approved by ${desk.approvers('production')}` });
}

/** Uploads what was approved; false where the files are lost and nothing of them was sent, so that others have to be approved. */
async function upload(desk: Desk, final: FinalVersion, merged: Merge): Promise<boolean> {
  const { ledger, terms, subject } = desk;
  ledger.final = final;
  ledger.phase = 'uploading';
  desk.show();
  const { commit } = final;
  const source = { branch: terms.branch, commit, parent: merged.commit, subject };
  const began = desk.now();
  const published = await publishFiles(desk, terms.production, final.manifest, source);
  if ('lost' in published) {
    delete ledger.final;
    Object.assign(ledger, { phase: 'merged', lost: published.lost });
    desk.note(lostLine(published));
    return false;
  }
  const { evidence, visibleAt, onBase } = published;
  const ended = desk.now();
  // A worker whose clock is wrong names a moment that was not within the upload.
  const isWithin = visibleAt >= began && visibleAt <= ended;
  Object.assign(final, { visibleAt: isWithin ? visibleAt : ended, onBase, tagged: true });
  desk.note(...evidence);
  return true;
}
