import type { Manifest } from '../../contract/release.js';
import { build } from '../activities.js';
import type { Desk } from '../desk.js';
import { installationOf } from '../quality.js';
import { candidateOrigin } from '../test-index.js';

/** Installs exactly our file of exactly this version from the test index, and proves it by pip's report. */
export async function verifyTestInstall(desk: Desk, manifest: Manifest): Promise<void> {
  const installation = installationOf(desk, manifest, candidateOrigin(desk));
  desk.accept(await build.checkInstallation({ ...installation, pinned: true }));
}
