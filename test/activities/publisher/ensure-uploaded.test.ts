import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { IndexAddress, Manifest } from '../../../src/contract/release.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { addressOf, makeBench } from '../support/bench.js';
import { manifestOf } from '../support/distributions.js';
import { uploadFiles } from '../support/uploading.js';

let index: IndexStandIn;
let address: IndexAddress;
let bench: Workbench;
let manifest: Manifest;

beforeEach(async () => {
  index = await indexes.runningIndex({
    tokens: [
      { token: indexes.TOKEN, projects: '*' },
      { token: 'pypi-other-project', projects: ['other'] },
    ],
  });
  address = addressOf('the index', index);
  bench = await benchWith(indexes.TOKEN);
  manifest = await manifestOf(
    'wh-demo',
    '1.0.0',
    await indexes.makeDistributions('wh-demo', '1.0.0'),
    bench.store,
  );
});

async function benchWith(token: string): Promise<Workbench> {
  const made = await makeBench({ production: address, secrets: { PRODUCTION_TOKEN: token } });
  onTestFinished(() => made.close());
  return made;
}

function ensureUploaded(at = 0, on: Workbench = bench) {
  return uploadFiles(on, address, { ...manifest, files: manifest.files.slice(at, at + 1) });
}

function posts(): (number | null)[] {
  return index
    .accessLog()
    .flatMap((entry) => (entry.kind === 'request' && entry.method === 'POST' ? [entry.status] : []));
}

describe('an upload', () => {
  test('stores the kept bytes once, however often it is asked for', async () => {
    await ensureUploaded();
    await ensureUploaded();
    await ensureUploaded(1);
    expect(indexes.storedFiles(index)).toEqual(manifest.files.map(({ filename }) => filename));
    expect(posts()).toEqual([200, 200]);
    const { files } = await indexes.simpleJson(index, 'wh-demo');
    expect(files.map(({ hashes }) => hashes.sha256).sort()).toEqual(
      manifest.files.map(({ sha256 }) => sha256).sort(),
    );
  });

  test('row 20: an upload that was stored before its connection was reset is done, and nothing is sent again', async () => {
    index.misbehave({ method: 'POST', fault: { kind: 'commit-then-drop' } });
    const [evidence] = await ensureUploaded();
    expect(evidence?.what).toContain('although');
    expect(posts()).toEqual([null]);
    expect(indexes.storedFiles(index)).toHaveLength(1);
  });

  test('whose connection was lost before it was stored is tried again', async () => {
    index.misbehave({ method: 'POST', times: 1, fault: { kind: 'drop-before-commit' } });
    await expect(ensureUploaded()).rejects.toThrow('does not list');
    await ensureUploaded();
    expect(indexes.storedFiles(index)).toHaveLength(1);
  });

  test('row 30: an upload stops at other bytes under its name, shows both digests and sends nothing', async () => {
    const other = await indexes.makeDistributions('wh-demo', '1.0.0', 'other');
    await indexes.plainUpload(index, other.wheel);
    const [found] = (await manifestOf('wh-demo', '1.0.0', other)).files;
    await expect(ensureUploaded()).rejects.toMatchObject({
      type: 'integrity',
      nonRetryable: true,
      message: expect.stringMatching(`${found?.sha256}[^]*${manifest.files[0]?.sha256}`) as string,
    });
    expect(posts()).toEqual([200]);
  });
});

describe('a refusal', () => {
  test.each(['pypi-unknown', 'pypi-other-project'])(
    'row 26: a refusal of a token that nobody can mint again names the secret at once and never its value',
    async (token) => {
      const refused = await ensureUploaded(0, await benchFrom(token)).catch((error: unknown) => error);
      expect(refused).toMatchObject({ type: 'operator', nonRetryable: true });
      expect(String(refused)).toContain('PRODUCTION_TOKEN');
      expect(String(refused)).not.toContain(token);
      expect(posts()).toEqual([403]);
    },
  );

  test.each([
    [400, 'This filename was previously used by a file that has since been deleted', 'operator'],
    [403, 'Read-only mode: Uploads are temporarily disabled.', undefined],
    [403, 'New uploads are temporarily disabled. See the status page for more information.', undefined],
    [409, 'Conflict', 'operator'],
    [403, "The user 'ada' isn't allowed to upload to project 'wh-demo'.", 'index'],
    [400, "The name 'wh-demo' is too similar to an existing project.", 'index'],
    [429, 'Too Many Requests', 'too-many-requests'],
    [503, 'Service Unavailable', undefined],
  ])('with %i %s is quoted and told apart', async (status, reason, type) => {
    index.misbehave({
      method: 'POST',
      fault: { kind: 'answer', status, reason, headers: { 'retry-after': '7' } },
    });
    const refused = await ensureUploaded().catch((error: unknown) => error);
    expect(String(refused)).toContain(`${status} ${reason}`);
    expect(refused).toMatchObject(
      type === undefined ? { name: 'Error' } : { type, nonRetryable: type !== 'too-many-requests' },
    );
    if (status === 429) expect(refused).toMatchObject({ nextRetryDelay: '7s' });
    expect(indexes.storedFiles(index)).toEqual([]);
  });

  async function benchFrom(token: string): Promise<Workbench> {
    return { ...(await benchWith(token)), store: bench.store };
  }
});

test('a file that twine will not send is a matter for people', async () => {
  const sha256 = await bench.store.put('no wheel at all');
  const artifact = { filename: 'wh_demo-1.0.0-py3-none-any.whl', sha256, size: 15, kind: 'wheel' } as const;
  const refused = uploadFiles(bench, address, { ...manifest, files: [artifact] });
  await expect(refused).rejects.toMatchObject({ type: 'operator' });
  expect(posts()).toEqual([]);
});

test('a token goes only to an index that the settings name', async () => {
  const elsewhere = await indexes.runningIndex();
  const upload = uploadFiles(bench, addressOf('the index', elsewhere), manifest);
  await expect(upload).rejects.toMatchObject({ type: 'operator' });
  expect(elsewhere.accessLog()).toEqual([]);
});

test('the kept output of an upload does not hold the token', async () => {
  const [evidence] = await ensureUploaded();
  const log = (await bench.store.get(evidence?.digest ?? '')).toString('utf8');
  expect(log).toContain('wh_demo-1.0.0-py3-none-any.whl');
  expect(log).not.toContain(indexes.TOKEN);
});
