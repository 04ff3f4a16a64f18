import type { FinalVersion, Merge } from '../../contract/state.js';
import { build, publish } from '../activities.js';
import type { Desk } from '../desk.js';
import { publishFiles } from '../publishing.js';
import { awaitFix, installationOf, refuse, runAllTests, sourceAt } from '../quality.js';
import { beReady, look, readinessLines, stayReady } from '../readiness.js';
import type { PassedCandidate } from './07-pass-quality-gates.js';

/** Builds the final version, proves it, has people approve exactly its files, uploads and tags them; nothing if a fix is to come first. */
export async function publishToProduction(
  desk: Desk,
  passed: PassedCandidate,
  merged: Merge,
): Promise<FinalVersion | undefined> {
  const { ledger } = desk;
  // Tried again after the upload began: what was approved goes on, nothing is judged anew.
  if (ledger.phase === 'uploading' && ledger.final !== undefined) return upload(desk, ledger.final, merged);
  for (;;) {
    const verdict = await desk.judge(async () => {
      const final = await buildFinal(desk, passed, merged);
      await approveUpload(desk, passed, final);
      await stayReady(desk);
      return final;
    });
    if (verdict.passed) return upload(desk, verdict.value, merged);
    passed.candidate.findings = verdict.findings;
    desk.fail(verdict.findings);
    if ((await awaitFix(desk, verdict.findings, 'or retry')) === 'fix') return undefined;
    desk.reopen('09-publish-to-production');
  }
}

async function buildFinal(desk: Desk, passed: PassedCandidate, merged: Merge): Promise<FinalVersion> {
  const { subject } = desk;
  const { commit } = desk.accept(
    await publish.ensureVersionCommit({
      source: sourceAt(desk, merged.commit),
      version: subject.version,
      subject,
    }),
  );
  const source = sourceAt(desk, commit);
  const { manifest } = desk.accept(await build.buildArtifacts({ source, ...subject, like: passed.manifest }));
  // What could take the upload back is looked at while the files are tested: both take their time.
  const [opensAt] = await Promise.all([
    look(desk),
    runAllTests(desk, installationOf(desk, manifest, { store: true })),
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
      { label: 'tested as', value: `${passed.manifest.version}, different only in version` },
      ...files.map((file) => ({ label: file.filename, value: `sha256 ${file.sha256}` })),
      { label: 'watched for', value: `${String(terms.watchSeconds)} s` },
      ...readinessLines(desk),
    ],
    answers: ['approve', 'reject'],
  });
  if (answer.kind === 'reject')
    refuse(
      `${answer.by} rejected the upload: ${answer.reason ?? 'no reason given'}`,
      'Nothing was uploaded.',
    );
  desk.note({ what: `approved by ${desk.approvers('production')}` });
}

async function upload(desk: Desk, final: FinalVersion, merged: Merge): Promise<FinalVersion> {
  const { ledger, terms, subject } = desk;
  ledger.final = final;
  ledger.phase = 'uploading';
  desk.show();
  const { commit } = final;
  const source = { branch: terms.branch, commit, parent: merged.commit, subject };
  const { evidence, visibleAt, onBase } = await publishFiles(desk, terms.production, final.manifest, source);
  Object.assign(final, { visibleAt, onBase, tagged: true });
  desk.note(...evidence);
  return final;
}
