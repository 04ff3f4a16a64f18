import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import type { IndexAddress, Manifest } from '../../../src/contract/release.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { addressOf } from './bench.js';
import { manifestOf } from './distributions.js';

/** An empty index, and the files of wh-demo 1.0.0, which may be uploaded there. */
export interface DemoIndex {
  readonly index: IndexStandIn;
  readonly made: indexes.Made;
  readonly address: IndexAddress;
  readonly manifest: Manifest;
}

/** A new one, which ends with the test. */
export async function demoIndex(): Promise<DemoIndex> {
  const index = await indexes.runningIndex();
  const made = await indexes.makeDistributions('wh-demo', '1.0.0');
  const manifest = await manifestOf('wh-demo', '1.0.0', made);
  return { index, made, address: addressOf('the index', index), manifest };
}

/** The same with its files uploaded. */
export async function publishedIndex(): Promise<DemoIndex> {
  const demo = await demoIndex();
  for (const file of [demo.made.wheel, demo.made.sdist]) await indexes.plainUpload(demo.index, file);
  return demo;
}
