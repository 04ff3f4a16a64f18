import type { Manifest } from '../../contract/release.js';
import type { Candidate } from '../../contract/state.js';
import type { Desk } from '../desk.js';
import { lostLine, publishFiles } from '../publishing.js';
import { onTestIndex } from '../test-index.js';
import { buildAndCheck } from './03-build-and-check.js';

/** Uploads every file to the test index and reads it back with our sha256, unless people waive that index; returns what is there. */
export async function publishToTestIndex(
  desk: Desk,
  candidate: Candidate,
  manifest: Manifest,
): Promise<Manifest> {
  const published = await onTestIndex(desk, (index) => publishFiles(desk, index, manifest));
  const { waiver } = desk.ledger;
  if (published !== undefined && 'lost' in published) {
    desk.note(lostLine(published));
    return publishToTestIndex(desk, candidate, await buildAndCheck(desk, candidate, true));
  }
  if (published !== undefined) desk.note(...published.evidence);
  else if (waiver !== undefined)
    desk.note({ what: `nothing was brought to ${waiver.index}, which ${waiver.by} waived: ${waiver.why}` });
  return manifest;
}
