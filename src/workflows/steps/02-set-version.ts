import { devVersion } from '../../contract/version.js';
import type { Candidate } from '../../contract/state.js';
import { publish } from '../activities.js';
import type { Desk } from '../desk.js';
import { sourceAt } from '../quality.js';

/** Writes the next free devN into every version file and pushes that one commit by compare-and-swap. */
export async function setVersion(desk: Desk, candidate: Candidate): Promise<void> {
  const { terms, subject } = desk;
  if (candidate.version === undefined) {
    const { number } = await publish.readNextNumber({
      subject,
      repository: terms.repository,
      branch: terms.branch,
      test: terms.test,
      production: terms.production,
    });
    candidate.version = devVersion(subject.version, number);
  }
  const { commit } = desk.accept(
    await publish.ensureVersionCommit({
      source: sourceAt(desk, candidate.base),
      version: candidate.version,
      branch: terms.branch,
      subject,
    }),
  );
  candidate.commit = commit;
}
