import type { FinalCommit, PublishActivities } from '../contract/activities.js';
import type { Sha } from '../contract/release.js';
import type { Evidence } from '../contract/verdict.js';
import { devVersion } from '../contract/version.js';
import { versionBranch } from './git/final.js';
import type { OpenForge } from './forge/forge.js';
import { fileLines, releasePage } from './forge/release-page.js';
import { directly } from './yank/note.js';
import { indexedFiles, whyTakenBack } from './package-index.js';
import type { PublishParts } from './parts.js';
import type { ArtifactStore } from './support/store.js';
import type { Workbench } from './support/workbench.js';

type Parts = PublishParts & Pick<PublishActivities, 'ensureVersionCommit' | 'ensureRevertMade'>;

/** Parts that always follow one another, as one activity: each activity costs up to six events of history. */
export function composePublishing(
  parts: Parts,
  bench: Workbench,
  openForge: OpenForge,
): Pick<
  PublishActivities,
  'ensureDevVersion' | 'ensurePublished' | 'ensureBranchRetired' | 'ensureWithdrawn' | 'ensureRevertMade'
> {
  return {
    ensureDevVersion: (input) => ensureDevVersion(parts, bench.store, input),

    async ensurePublished({ final, ...upload }) {
      const uploaded = await parts.ensureUploaded(upload);
      if (!('evidence' in uploaded)) return uploaded;
      const visible = await parts.awaitVisible(upload);
      const visibleAt = new Date().toISOString();
      const evidence = [...uploaded.evidence, visible.evidence];
      if (final === undefined) return { visibleAt, evidence };
      const inGit = await bringFinalIntoGit(parts, openForge, { ...upload, ...final });
      return { visibleAt, onBase: inGit.onBase, evidence: [...evidence, ...inGit.evidence] };
    },

    ensureBranchRetired: (input) => retireBranch(parts, bench, openForge, input),
    ensureWithdrawn: (input) => withdraw(openForge, input),
    ensureRevertMade: (input) => makeRevert(parts, input),
  };
}

type Input<Name extends keyof PublishActivities> = Parameters<PublishActivities[Name]>[0];

async function bringFinalIntoGit(
  parts: Parts,
  openForge: OpenForge,
  {
    tag,
    manifest,
    branch,
    commit,
    subject,
    notes,
    ...input
  }: Omit<Input<'ensurePublished'>, 'index' | 'final'> & FinalCommit,
): Promise<{ onBase: boolean; evidence: readonly Evidence[] }> {
  const { repository, base, parent } = input;
  const { onBase, evidence } = await parts.ensureFinalOnBase({ repository, base, commit, parent, subject });
  const tagged = await parts.ensureTagged({ repository, tag, commit, subject });
  const forge = openForge(repository);
  const page = await forge.ensureReleasePage(releasePage(manifest, tag, notes), 'draft');
  await forge.ensureTold(branch, subject, [
    `${subject.version} is published and tagged ${tag}:`,
    ...fileLines(manifest),
  ]);
  return { onBase, evidence: [evidence, tagged.evidence, ...(page === undefined ? [] : [page])] };
}

async function retireBranch(
  parts: Parts,
  bench: Workbench,
  openForge: OpenForge,
  { index, subject, manifest, tag, notes, repository, branch, expected }: Input<'ensureBranchRetired'>,
): ReturnType<PublishActivities['ensureBranchRetired']> {
  const yanked = whyTakenBack(index, await indexedFiles(bench, index, subject));
  if (yanked !== undefined) return { yanked, ...(await directly(bench.store, subject, yanked)) };
  const forge = openForge(repository);
  const proof = await parts.ensureProofKept({ subject });
  const drafted = releasePage(manifest, tag, notes);
  const page = await forge.ensureReleasePage({ ...drafted, files: [...drafted.files, proof] }, 'published');
  await forge.ensureTold(branch, subject, [`${subject.version} is released and was watched to the end.`]);
  const { evidence } = await parts.ensureBranchDeleted({ repository, branch, expected });
  const shown = { what: `everything found and answered is in ${proof.filename}`, digest: proof.sha256 };
  return { evidence: [shown, evidence, ...(page === undefined ? [] : [page])] };
}

async function withdraw(
  openForge: OpenForge,
  { repository, branch, tag, subject, reason }: Input<'ensureWithdrawn'>,
): ReturnType<PublishActivities['ensureWithdrawn']> {
  const forge = openForge(repository);
  const page = await forge.ensureReleasePage({ tag, title: subject.version, body: '', files: [] }, 'gone');
  await forge.ensureTold(branch, subject, [`${subject.version} was taken back: ${reason}`]);
  return { evidence: page === undefined ? [] : [page] };
}

async function makeRevert(
  parts: Parts,
  input: Input<'ensureRevertMade'>,
): ReturnType<PublishActivities['ensureRevertMade']> {
  // First, so that nobody merges it while the revert is on its way.
  const proposal = input.final === undefined ? [] : await withdrawFinal(parts, input, input.final);
  const verdict = await parts.ensureRevertMade(input);
  return { ...verdict, evidence: [...verdict.evidence, ...proposal] };
}

/** What was proposed to main and not merged yet must not bring the yanked version there later. */
async function withdrawFinal(
  parts: Parts,
  { repository, subject }: Input<'ensureRevertMade'>,
  expected: Sha,
): Promise<Evidence[]> {
  const branch = versionBranch(subject);
  const { deleted, evidence } = await parts.ensureBranchDeleted({ repository, branch, expected });
  return deleted ? [] : [evidence];
}

async function ensureDevVersion(
  parts: Parts,
  store: ArtifactStore,
  input: Parameters<PublishActivities['ensureDevVersion']>[0],
): ReturnType<PublishActivities['ensureDevVersion']> {
  const { source, branch, candidate, subject, production } = input;
  const test = input.test === undefined ? {} : { test: input.test };
  const { repository, commit: base } = source;
  const name = `dev/${subject.package}/${subject.version}/${base}/${String(candidate)}`;
  // A repeat after a lost answer finds its own devN taken; the number chosen for a commit stays.
  const kept = input.version ?? (await store.readName(name));
  const version =
    kept ??
    devVersion(
      subject.version,
      (await parts.readNextNumber({ subject, repository, branch, ...test, production })).number,
    );
  if (kept === undefined) await store.setName(name, version);
  const verdict = await parts.ensureVersionCommit({ source, version, branch, subject });
  return verdict.passed ? { ...verdict, version } : verdict;
}
