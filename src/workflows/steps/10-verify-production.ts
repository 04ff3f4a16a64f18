import type { FinalVersion } from '../../contract/state.js';
import { build } from '../activities.js';
import type { Desk } from '../desk.js';
import { installationOf, runAllTests } from '../quality.js';
import { askToKeep } from './11-watch-release.js';

/** Installs from the production index as users do and runs all of step 6 again; a failure goes straight to the yank question. */
export async function verifyProduction(desk: Desk, published: FinalVersion): Promise<void> {
  const installation = installationOf(desk, published.manifest, { index: desk.terms.production });
  const verdict = await desk.judge(() =>
    runAllTests(desk, installation, build.checkInstallation({ ...installation, pinned: false })),
  );
  if (verdict.passed) return;
  desk.fail(verdict.findings);
  await askToKeep(
    desk,
    verdict.findings.map(({ title }) => ({ label: 'problem', value: title })),
  );
}
