import type { Decision } from '../../contract/gates.js';
import type { Manifest } from '../../contract/release.js';
import type { Desk } from '../desk.js';
import { installationOf } from '../quality.js';
import { candidateOrigin } from '../test-index.js';
import { runAllTests } from '../testing.js';

/** Runs the copied tests in every mode, and every application, against the wheel that the test index serves; `again` what of it failed. */
export async function runTests(desk: Desk, manifest: Manifest, again?: Decision): Promise<void> {
  const installation = installationOf(desk, manifest, candidateOrigin(desk));
  await runAllTests(desk, { step: '06-run-tests', installation, again });
}
