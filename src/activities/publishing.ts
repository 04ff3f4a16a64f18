import type { PublishActivities } from '../contract/activities.js';
import { devVersion } from '../contract/version.js';
import type { PublishParts } from './parts.js';
import type { ArtifactStore } from './support/store.js';

type Parts = PublishParts & Pick<PublishActivities, 'ensureVersionCommit'>;

/** Parts that always follow one another, as one activity: each activity costs up to six events of history. */
export function composePublishing(
  parts: Parts,
  store: ArtifactStore,
): Pick<PublishActivities, 'ensureDevVersion' | 'ensurePublished' | 'ensureFinalInGit'> {
  return {
    async ensureDevVersion({ source, branch, subject, test, production }) {
      const { repository, commit: base } = source;
      const name = `dev/${subject.package}/${subject.version}/${base}`;
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
    },

    async ensurePublished({ index, manifest }) {
      const subject = { package: manifest.package, version: manifest.version };
      const evidence = [];
      for (const artifact of manifest.files)
        evidence.push((await parts.ensureUploaded({ index, artifact, subject })).evidence);
      evidence.push((await parts.awaitVisible({ index, manifest })).evidence);
      return { evidence };
    },

    async ensureFinalInGit({ tag, ...input }) {
      const { repository, commit, subject } = input;
      const { onBase, evidence } = await parts.ensureFinalOnBase(input);
      const tagged = await parts.ensureTagged({ repository, tag, commit, subject });
      return { onBase, evidence: [evidence, tagged.evidence] };
    },
  };
}
