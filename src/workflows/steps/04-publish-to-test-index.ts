import type { Manifest } from '../../contract/release.js';
import type { Desk } from '../desk.js';
import { publishFiles } from '../publishing.js';

/** Uploads every file to the test index and reads it back with our sha256. */
export async function publishToTestIndex(desk: Desk, manifest: Manifest): Promise<void> {
  await publishFiles(desk, desk.terms.test, manifest);
}
