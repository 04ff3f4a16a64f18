import type { IndexAddress, Manifest } from '../contract/release.js';
import { publish } from './activities.js';
import type { Desk } from './desk.js';

/** Uploads the files one by one, wheels first, and waits until the index serves every one with our sha256. */
export async function publishFiles(desk: Desk, index: IndexAddress, manifest: Manifest): Promise<void> {
  const subject = { package: manifest.package, version: manifest.version };
  for (const artifact of manifest.files) {
    const { evidence } = await publish.ensureUploaded({ index, artifact, subject });
    desk.note(evidence);
  }
  const { evidence } = await publish.awaitVisible({ index, manifest });
  desk.note(evidence);
}
