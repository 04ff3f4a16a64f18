import type { Candidate } from '../../contract/state.js';
import { publish } from '../activities.js';
import type { Desk } from '../desk.js';
import { sourceAt } from '../quality.js';
import { onTestIndex } from '../test-index.js';

/** Writes the next free devN into every version file and pushes that one commit by compare-and-swap. */
export async function setVersion(desk: Desk, candidate: Candidate): Promise<void> {
  const { terms, subject } = desk;
  const input = {
    source: sourceAt(desk, candidate.base),
    branch: terms.branch,
    candidate: desk.ledger.candidates.length,
    subject,
    production: terms.production,
    // It has one already where the step is tried again, or the release was taken over.
    ...(candidate.version === undefined ? {} : { version: candidate.version }),
  };
  const verdict =
    (await onTestIndex(desk, (test) => publish.ensureDevVersion({ ...input, test }))) ??
    (await publish.ensureDevVersion(input));
  const { version, commit } = desk.accept(verdict);
  candidate.version = version;
  candidate.commit = commit;
}
