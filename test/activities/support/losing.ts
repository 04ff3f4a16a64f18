import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { Digest } from '../../../src/contract/release.js';

/** Takes a file out of the artifact store in that folder. */
export async function loseFile(store: string, digest: Digest): Promise<void> {
  await rm(path.join(store, 'sha256', digest.slice(0, 2), digest));
}
