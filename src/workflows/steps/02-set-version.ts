import type { Candidate } from '../../contract/state.js';
import { publish } from '../activities.js';
import type { Desk } from '../desk.js';
import { sourceAt } from '../quality.js';

/** Writes the next free devN into every version file and pushes that one commit by compare-and-swap. */
export async function setVersion(desk: Desk, candidate: Candidate): Promise<void> {
  const { terms, subject } = desk;
  const { version, commit } = desk.accept(
    await publish.ensureDevVersion({
      source: sourceAt(desk, candidate.base),
      branch: terms.branch,
      candidate: desk.ledger.candidates.length,
      subject,
      test: terms.test,
      production: terms.production,
    }),
  );
  candidate.version = version;
  candidate.commit = commit;
}
