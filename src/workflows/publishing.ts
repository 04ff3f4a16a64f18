import { changelogMarkdown } from '../contract/changelog.js';
import type { FinalCommit, Published } from '../contract/activities.js';
import type { IndexAddress, LostFiles, Manifest } from '../contract/release.js';
import type { Evidence } from '../contract/verdict.js';
import { onForge, publish } from './activities.js';
import type { Desk } from './desk.js';
import { candidateOf } from './quality.js';
import { noticing } from './noticing.js';

/** What is said of files that are lost before anything of them was sent. */
export function lostLine({ lost }: LostFiles): Evidence {
  return {
    what: `the artifact store has lost ${lost.join(' and ')}; nothing of the version was sent, so it is built again`,
  };
}

/** Brings the files of a version to an index and has it serve them, for as long as others take who upload; a final version then goes into git. */
export async function publishFiles(
  desk: Desk,
  index: IndexAddress,
  manifest: Manifest,
  final?: FinalCommit,
): Promise<Published | LostFiles> {
  const { repository, base } = desk.terms;
  const { config, changelog } = candidateOf(desk);
  const { tag } = config;
  const seen: Evidence[] = [];
  for (;;) {
    const published = await publish.ensurePublished({
      index,
      manifest,
      repository,
      base,
      tag,
      notes: changelogMarkdown(changelog),
      ...(final && { final }),
    });
    if ('evidence' in published) return { ...published, evidence: [...seen, ...published.evidence] };
    if ('lost' in published) return published;
    const { errand } = published;
    const uploaded = await noticing(
      desk,
      `The upload goes on at ${errand.url}, where somebody may have to allow it.`,
      () => onForge.awaitUploaded({ repository, errand }),
    );
    seen.push(uploaded.evidence);
  }
}
