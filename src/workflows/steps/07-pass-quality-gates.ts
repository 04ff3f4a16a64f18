import type { Decision } from '../../contract/gates.js';
import type { Manifest } from '../../contract/release.js';
import { rerunsLeft } from '../../contract/reruns.js';
import type { Candidate } from '../../contract/state.js';
import type { Judged } from '../courses.js';
import type { Desk } from '../desk.js';
import { awaitFix, made } from '../quality.js';

/** A candidate that has passed everything. */
export interface PassedCandidate {
  readonly candidate: Candidate;
  readonly manifest: Manifest;
}

/**
 * Lets exactly this candidate on, or waits for a fix: then there is nothing to let on, and the next devN is built. People
 * may have tests that failed run again on the same files, as often as the settings allow.
 */
export async function passQualityGates(
  desk: Desk,
  candidate: Candidate,
  rehearsal: Judged<Manifest>,
  runAgain: (manifest: Manifest, asked: Decision) => Promise<void>,
): Promise<PassedCandidate | undefined> {
  let judged = rehearsal;
  while (!judged.passed) {
    candidate.judgedAt = desk.now();
    candidate.passed = false;
    candidate.findings = judged.findings;
    desk.fail(judged.findings);
    const left = rerunsLeft(desk.terms, candidate, '06-run-tests');
    const asked = await awaitFix(desk, judged.findings, left > 0 ? ['rerun'] : []);
    if (asked === undefined) return undefined;
    const manifest = made(candidate.manifest, 'files');
    judged = await desk.judge(async () => {
      await runAgain(manifest, asked);
      return manifest;
    });
    desk.reopen('07-pass-quality-gates');
  }
  Object.assign(candidate, { passed: true, findings: [], judgedAt: desk.now() });
  desk.note({ what: `${candidate.version ?? 'the candidate'} passed steps 2 to 6` });
  return { candidate, manifest: judged.value };
}
