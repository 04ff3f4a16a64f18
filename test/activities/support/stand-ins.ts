import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { mainIndex } from '../../../src/activities/support/indexes.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { startIndex } from '../../../rehearsal/index/stand-in.js';
import { cacheFolder } from '../../../tools/paths.mjs';
import { TOKEN } from '../../rehearsal/index/tools.js';
import { makeBench } from './bench.js';

/** A stand-in of the main index, which passes what it does not hold through to the real one. */
export async function startMain(own: readonly string[]): Promise<IndexStandIn> {
  const bench = await makeBench();
  const { simple } = await mainIndex(bench);
  await bench.close();
  return start({ own, upstream: { simple, cache: path.join(cacheFolder(), 'index') } });
}

/** A stand-in of the test index. */
export function startTest(): Promise<IndexStandIn> {
  return start({});
}

async function start(options: Partial<Parameters<typeof startIndex>[0]>): Promise<IndexStandIn> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-index-'));
  const index = await startIndex({ tokens: [{ token: TOKEN, projects: '*' }], ...options, folder });
  const close = async () => {
    await index.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...index, close };
}
