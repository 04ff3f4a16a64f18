import type { Manifest } from '../../contract/release.js';
import type { Candidate } from '../../contract/state.js';
import type { Judged } from '../courses.js';
import type { Desk } from '../desk.js';
import { awaitFix } from '../quality.js';

/** A candidate that has passed everything. */
export interface PassedCandidate {
  readonly candidate: Candidate;
  readonly manifest: Manifest;
}

/** Lets exactly this candidate on, or waits for a fix: then there is nothing to let on, and the next devN is built. */
export async function passQualityGates(
  desk: Desk,
  candidate: Candidate,
  rehearsal: Judged<Manifest>,
): Promise<PassedCandidate | undefined> {
  if (rehearsal.passed) {
    candidate.passed = true;
    desk.note({ what: `${candidate.version ?? 'the candidate'} passed steps 2 to 6` });
    return { candidate, manifest: rehearsal.value };
  }
  candidate.passed = false;
  candidate.findings = rehearsal.findings;
  desk.fail(rehearsal.findings);
  await awaitFix(desk, rehearsal.findings);
  return undefined;
}
