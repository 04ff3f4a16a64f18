import type { Manifest } from '../../contract/release.js';
import type { Desk } from '../desk.js';
import { installationOf, runAllTests } from '../quality.js';
import { candidateOrigin } from '../test-index.js';

/** Runs the copied tests in every mode, and every application, against the wheel that the test index serves. */
export async function runTests(desk: Desk, manifest: Manifest): Promise<void> {
  await runAllTests(desk, installationOf(desk, manifest, candidateOrigin(desk)));
}
