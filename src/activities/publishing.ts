import type { PublishActivities } from '../contract/activities.js';
import { devVersion } from '../contract/version.js';
import { allYanked, indexedFiles } from './package-index.js';
import type { PublishParts } from './parts.js';
import type { ArtifactStore } from './support/store.js';

type Parts = PublishParts & Pick<PublishActivities, 'ensureVersionCommit'>;

/** Parts that always follow one another, as one activity: each activity costs up to six events of history. */
export function composePublishing(
  parts: Parts,
  store: ArtifactStore,
): Pick<
  PublishActivities,
  'ensureDevVersion' | 'ensurePublished' | 'ensureFinalInGit' | 'ensureBranchRetired'
> {
  return {
    ensureDevVersion: (input) => ensureDevVersion(parts, store, input),

    async ensurePublished({ index, manifest }) {
      const subject = { package: manifest.package, version: manifest.version };
      const evidence = [];
      for (const artifact of manifest.files)
        evidence.push((await parts.ensureUploaded({ index, artifact, subject })).evidence);
      evidence.push((await parts.awaitVisible({ index, manifest })).evidence);
      return { evidence };
    },

    async ensureBranchRetired({ index, subject, ...branch }) {
      const files = await indexedFiles(index, subject);
      if (allYanked(files)) {
        const reason = files.map(({ yanked }) => yanked).find((yanked) => typeof yanked === 'string');
        return { yanked: reason ?? true };
      }
      return { evidence: (await parts.ensureBranchDeleted(branch)).evidence };
    },

    async ensureFinalInGit({ tag, ...input }) {
      const { repository, commit, subject } = input;
      const { onBase, evidence } = await parts.ensureFinalOnBase(input);
      const tagged = await parts.ensureTagged({ repository, tag, commit, subject });
      return { onBase, evidence: [evidence, tagged.evidence] };
    },
  };
}

async function ensureDevVersion(
  parts: Parts,
  store: ArtifactStore,
  input: Parameters<PublishActivities['ensureDevVersion']>[0],
): ReturnType<PublishActivities['ensureDevVersion']> {
  const { source, branch, candidate, subject, test, production } = input;
  const { repository, commit: base } = source;
  const name = `dev/${subject.package}/${subject.version}/${base}/${String(candidate)}`;
  // A repeat after a lost answer finds its own devN taken; the number chosen for a commit stays.
  const kept = await store.readName(name);
  const version =
    kept ??
    devVersion(
      subject.version,
      (await parts.readNextNumber({ subject, repository, branch, test, production })).number,
    );
  if (kept === undefined) await store.setName(name, version);
  const verdict = await parts.ensureVersionCommit({ source, version, branch, subject });
  return verdict.passed ? { ...verdict, version } : verdict;
}
