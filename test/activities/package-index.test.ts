import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import {
  indexedFiles,
  createPackageIndexActivities,
  stableVersions,
  takenVersions,
} from '../../src/activities/package-index.js';
import { mainIndex, resolveIndex } from '../../src/activities/support/indexes.js';
import type { IndexAddress, Manifest } from '../../src/contract/release.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import * as indexes from '../rehearsal/index/tools.js';
import { makeBench } from './support/bench.js';
import { demoIndex } from './support/demo-index.js';
import { manifestOf } from './support/distributions.js';

const bench = await makeBench({ settings: { network: { mainIndex: 'http://127.0.0.1:9/simple' } } });
afterAll(() => bench.close());

const { awaitVisible, awaitYanked } = createPackageIndexActivities(bench);
const subject = { package: 'wh-demo', version: '1.0.0' };

let index: IndexStandIn;
let address: IndexAddress;
let manifest: Manifest;
let made: indexes.Made;

beforeEach(async () => {
  ({ index, address, manifest, made } = await demoIndex());
});

async function upload(...files: string[]): Promise<void> {
  for (const file of files) expect(await indexes.plainUpload(index, file)).toMatchObject({ status: 200 });
}

describe('the versions of a package', () => {
  test('are none on an index that does not know it', async () => {
    expect(await takenVersions(bench, address, 'wh-demo')).toEqual([]);
    expect(await stableVersions(bench, address, 'wh-demo')).toEqual([]);
  });

  test('are taken when listed, and stable when final and not yanked', async () => {
    for (const version of ['0.9.0', '1.0.0', '1.1.0', '1.1.0.dev3', '1.2.0rc1'])
      await upload((await indexes.makeDistributions('wh-demo', version)).wheel);
    index.yank('wh-demo', '1.1.0', 'broken');
    expect(await takenVersions(bench, address, 'wh-demo')).toEqual([
      '0.9.0',
      '1.0.0',
      '1.1.0.dev3',
      '1.1.0',
      '1.2.0rc1',
    ]);
    expect(await stableVersions(bench, address, 'wh-demo')).toEqual(['0.9.0', '1.0.0']);
  });

  test('are read in any spelling of the file name', async () => {
    await upload(made.wheel, made.sdist);
    const files = await indexedFiles(bench, address, { package: 'wh-demo', version: '1.0' });
    expect(files).toHaveLength(2);
    expect(files).toEqual(
      expect.arrayContaining(
        manifest.files.map(({ filename, sha256 }) => ({
          filename,
          sha256,
          yanked: false,
          provenance: false,
        })),
      ),
    );
  });
});

describe('waiting for an upload', () => {
  test('ends when every file was listed with our sha256 twice in a row', async () => {
    await upload(made.wheel);
    const waiting = awaitVisible({ index: address, manifest });
    await upload(made.sdist);
    expect((await waiting).evidence.what).toContain(manifest.files[0]?.sha256);
    const reads = index.accessLog().filter((entry) => entry.kind === 'request' && entry.method === 'GET');
    expect(reads.length).toBeGreaterThanOrEqual(2);
  });

  test('outlasts an index that fails and one that shows an old page', async () => {
    await upload(made.wheel, made.sdist);
    index.misbehave({ method: 'GET', times: 2, fault: { kind: 'answer', status: 503 } });
    index.misbehave({ method: 'GET', nth: 3, times: 2, fault: { kind: 'stale', changes: 1 } });
    await awaitVisible({ index: address, manifest });
    const seen = index
      .accessLog()
      .flatMap((entry) => (entry.kind === 'request' && entry.method === 'GET' ? [entry.fault] : []));
    expect(seen).toEqual(['answer', 'answer', 'stale', 'stale', undefined, undefined]);
  });

  test('stops at other bytes under our file name, and names both', async () => {
    const other = await indexes.makeDistributions('wh-demo', '1.0.0', 'other');
    await upload(other.wheel);
    const [wheel] = (await manifestOf('wh-demo', '1.0.0', other)).files;
    await expect(awaitVisible({ index: address, manifest })).rejects.toMatchObject({
      type: 'integrity',
      message: expect.stringMatching(`${wheel?.sha256}[^]*${manifest.files[0]?.sha256}`) as string,
    });
  });

  test('row 25: a wait for an upload ends at once where the index asks for a pause, which the engine then keeps', async () => {
    index.misbehave({
      method: 'GET',
      fault: { kind: 'answer', status: 429, headers: { 'retry-after': '90' } },
    });
    await expect(awaitVisible({ index: address, manifest })).rejects.toMatchObject({
      nonRetryable: false,
      nextRetryDelay: '90s',
    });
  });

  test('stops at a yank that the release knows nothing of', async () => {
    await upload(made.wheel, made.sdist);
    index.yank('wh-demo', '1.0.0');
    await expect(awaitVisible({ index: address, manifest })).rejects.toMatchObject({ type: 'operator' });
  });
});

describe('waiting for a yank', () => {
  test('is not over while one file is not yanked, and is retried', async () => {
    await upload(made.wheel, made.sdist);
    await expect(awaitYanked({ index: address, subject })).rejects.toMatchObject({
      type: 'not-yet',
      nonRetryable: false,
    });
    index.yank('wh-demo', '1.0.0', 'broken');
    expect(await awaitYanked({ index: address, subject })).toMatchObject({
      evidence: { what: expect.stringContaining('wh_demo-1.0.0.tar.gz') as string },
    });
  });

  test('row 35: a wait for a yank ends when the index can be read again after it was down, so that it is yanked at once', async () => {
    await upload(made.wheel, made.sdist);
    const look = (failed?: number) =>
      new MockActivityEnvironment({ heartbeatDetails: failed }).run(() =>
        awaitYanked({ index: address, subject }),
      );
    await expect(look(2)).rejects.toMatchObject({ type: 'not-yet' });
    expect(await look(3)).toEqual({ back: true });
    index.yank('wh-demo', '1.0.0', 'broken');
    expect(await look(3)).toHaveProperty('evidence');
  });

  test('is not over on an index that lists nothing', async () => {
    await expect(awaitYanked({ index: address, subject })).rejects.toMatchObject({ type: 'not-yet' });
  });
});

describe('the address of an index', () => {
  test('comes from twine for the names that twine knows, the simple index from the same site', async () => {
    for (const name of ['pypi', 'testpypi']) {
      const { upload: to, simple } = await resolveIndex(bench, { name });
      expect(new URL(simple).pathname).toBe('/simple/');
      expect(new URL(to).hostname.replace(/^upload\./, '')).toBe(new URL(simple).hostname);
    }
  });

  test('is the mirror for dependencies where the settings name one', async () => {
    expect((await mainIndex(bench)).simple).toBe('http://127.0.0.1:9/simple/');
  });

  test('is asked for in one sentence where nobody knows it', async () => {
    await expect(resolveIndex(bench, { name: 'ours', simple: 'http://127.0.0.1:9/' })).rejects.toMatchObject({
      type: 'operator',
      message: expect.stringContaining('slipway.toml') as string,
    });
  });
});
