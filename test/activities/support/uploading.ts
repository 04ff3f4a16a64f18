import { forges } from '../../../src/activities/forge/forges.js';
import { createUploadActivities } from '../../../src/activities/publisher/ensure-uploaded.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { IndexAddress, Manifest } from '../../../src/contract/release.js';
import type { Evidence } from '../../../src/contract/verdict.js';

/** Uploads the files of a version with twine, as the service does; nobody asks where they come from. */
export async function uploadFiles(
  bench: Workbench,
  index: IndexAddress,
  manifest: Manifest,
): Promise<readonly Evidence[]> {
  const from = { repository: '/nowhere', base: 'main', tag: `v${manifest.version}` };
  const uploaded = await createUploadActivities(bench, forges(bench)).ensureUploaded({
    index,
    manifest,
    ...from,
  });
  if (!('evidence' in uploaded)) throw new Error(`nothing was uploaded: ${JSON.stringify(uploaded)}`);
  return uploaded.evidence;
}
