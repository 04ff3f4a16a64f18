import type { Manifest } from '../../contract/release.js';
import type { Desk } from '../desk.js';
import { publishFiles } from '../publishing.js';
import { onTestIndex } from '../test-index.js';

/** Uploads every file to the test index and reads it back with our sha256, unless people waive that index. */
export async function publishToTestIndex(desk: Desk, manifest: Manifest): Promise<void> {
  const published = await onTestIndex(desk, (index) => publishFiles(desk, index, manifest));
  const { waiver } = desk.ledger;
  if (published !== undefined) desk.note(...published.evidence);
  else if (waiver !== undefined)
    desk.note({ what: `nothing was brought to ${waiver.index}, which ${waiver.by} waived: ${waiver.why}` });
}
