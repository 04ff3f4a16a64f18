import { digestOf } from '../../contract/digest.js';
import type { Artifact, IndexAddress } from '../../contract/release.js';
import type { ArtifactStore } from '../support/store.js';

const begun = 'begun';

/** Notes that a file is about to be sent to an index: from then on nobody knows by its listing alone that it has nothing. */
export async function noteSending(
  store: ArtifactStore,
  index: IndexAddress,
  artifact: Artifact,
): Promise<void> {
  await store.setName(nameOf(index, artifact), begun);
}

/** Notes that an index has accepted a file, which it may list only much later. */
export async function noteAccepted(
  store: ArtifactStore,
  index: IndexAddress,
  artifact: Artifact,
): Promise<void> {
  await store.setName(nameOf(index, artifact), new Date().toISOString());
}

/** Whether a file was ever sent to an index, with whatever outcome. */
export async function wasSent(
  store: ArtifactStore,
  index: IndexAddress,
  artifact: Artifact,
): Promise<boolean> {
  return (await store.readName(nameOf(index, artifact))) !== undefined;
}

/** When an index has accepted a file, ISO 8601; undefined where it never did or its answer was lost. */
export async function acceptedAt(
  store: ArtifactStore,
  index: IndexAddress,
  artifact: Artifact,
): Promise<string | undefined> {
  const noted = await store.readName(nameOf(index, artifact));
  return noted === begun ? undefined : noted;
}

function nameOf({ upload }: IndexAddress, { filename, sha256 }: Artifact): string {
  return `sent/${digestOf({ upload, filename, sha256 })}`;
}
