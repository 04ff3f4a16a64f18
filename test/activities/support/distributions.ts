import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { ArtifactStore } from '../../../src/activities/support/store.js';
import type { Artifact, Manifest } from '../../../src/contract/release.js';
import type { Made } from '../../rehearsal/index/tools.js';

/** The manifest of files that were made by hand; their bytes go into the store, if there is one. */
export async function manifestOf(
  name: string,
  version: string,
  made: Made,
  store?: ArtifactStore,
): Promise<Manifest> {
  const artifact = async (file: string, kind: Artifact['kind']): Promise<Artifact> => {
    const bytes = await readFile(file);
    await store?.put(bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { filename: path.basename(file), sha256, size: bytes.length, kind };
  };
  const files = [await artifact(made.wheel, 'wheel'), await artifact(made.sdist, 'sdist')];
  return { package: name, version, commit: '0'.repeat(40), files, toolchain: '0'.repeat(64) };
}
