import type { Manifest } from '../../contract/release.js';
import { publish } from '../activities.js';
import type { Desk } from '../desk.js';

/** Uploads every file to the test index and reads it back with our sha256. */
export async function publishToTestIndex(desk: Desk, manifest: Manifest): Promise<void> {
  const { evidence } = await publish.ensurePublished({ index: desk.terms.test, manifest });
  desk.note(...evidence);
}
