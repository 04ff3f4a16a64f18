import type { Manifest } from '../../contract/release.js';
import { build } from '../activities.js';
import type { Desk } from '../desk.js';
import { installationOf } from '../quality.js';

/** Installs exactly our file of exactly this version from the test index, and proves it by pip's report. */
export async function verifyTestInstall(desk: Desk, manifest: Manifest): Promise<void> {
  const installation = installationOf(desk, manifest, { index: desk.terms.test });
  desk.accept(await build.checkInstallation({ ...installation, pinned: true }));
}
