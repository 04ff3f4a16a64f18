import path from 'node:path';

import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { createPackageIndexActivities } from '../../../src/activities/package-index.js';
import { oneByOne } from '../../../src/activities/publisher/one-by-one.js';
import { twine } from '../../../src/activities/publisher/twine.js';
import { settingOf } from '../../../src/activities/support/indexes.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { Evidence } from '../../../src/contract/verdict.js';
import type { IndexAddress, Manifest } from '../../../src/contract/release.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { addressOf, makeBench } from '../support/bench.js';
import { manifestOf } from '../support/distributions.js';
import { loseFile } from '../support/losing.js';

const day = 24 * 3600 * 1000;
const minute = 60 * 1000;

let index: IndexStandIn;
let address: IndexAddress;
let bench: Workbench;
let made: indexes.Made;
let manifest: Manifest;
/** How far the index's clock is ahead, in milliseconds. */
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  index = await indexes.runningIndex({ now: () => new Date(Date.now() + ahead) });
  address = addressOf('the index', index);
  const opened = await makeBench({ production: address, secrets: { PRODUCTION_TOKEN: indexes.TOKEN } });
  onTestFinished(() => opened.close());
  bench = opened;
  made = await indexes.makeDistributions('wh-demo', '1.0.0');
  manifest = await manifestOf('wh-demo', '1.0.0', made, bench.store);
});

/** Uploads the files, or so many of them; one may take so many seconds. */
async function upload(count = 2, seconds?: number) {
  const publish = oneByOne(bench, await settingOf(bench, address), twine(bench, seconds));
  const of = { ...manifest, files: manifest.files.slice(0, count) };
  return publish({ index: address, manifest: of, repository: '/nowhere', base: 'main', tag: 'v1.0.0' });
}

async function evidenceOf(uploading: ReturnType<typeof upload>): Promise<readonly Evidence[]> {
  const uploaded = await uploading;
  if ('evidence' in uploaded) return uploaded.evidence;
  throw new Error(JSON.stringify(uploaded));
}

function halfAnHourLater(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * minute });
  onTestFinished(() => void vi.useRealTimers());
}

const lose = ({ sha256 }: { sha256: string }) => loseFile(path.join(bench.settings.state, 'store'), sha256);

const statuses = () =>
  index
    .accessLog()
    .flatMap((entry) => (entry.kind === 'request' && entry.method === 'POST' ? [entry.status] : []));
const names = () => manifest.files.map(({ filename }) => filename);
const wheel = () => names()[0] ?? '';
const sdist = () => names()[1] ?? '';

describe('an answer that tells little', () => {
  test('row 23: four times 500 before a 200 is one upload, and every attempt is in the kept output', async () => {
    index.misbehave({ method: 'POST', times: 4, fault: { kind: 'answer', status: 500 } });
    const [evidence] = await evidenceOf(upload(1));
    expect(statuses()).toEqual([500, 500, 500, 500, 200]);
    expect(indexes.storedFiles(index)).toEqual([wheel()]);
    const output = (await bench.store.get(evidence?.digest ?? '')).toString('utf8');
    expect(output.match(/Received "500/g)).toHaveLength(4);
  });

  test.each([
    [409, 'Conflict'],
    [400, "File already exists ('wh_demo-1.0.0-py3-none-any.whl', with blake2_256 hash 'ab')."],
  ])(
    "row 24: a 502 after the file was stored is a success by the index's sha256, however twine's own second attempt is refused",
    async (status, reason) => {
      index.misbehave({ method: 'POST', times: 1, fault: { kind: 'commit-then-answer', status: 502 } });
      index.misbehave({ method: 'POST', fault: { kind: 'answer', status, reason } });
      const [evidence] = await evidenceOf(upload(1));
      expect(evidence?.what).toContain(
        `with our sha256, although the upload ended with: ${status} ${reason}`,
      );
      expect(statuses()).toEqual([502, status]);
      expect(indexes.storedFiles(index)).toEqual([wheel()]);
    },
  );

  test('row 27: an upload at a crawl ends at its deadline, and the next attempt brings the file', async () => {
    index.misbehave({
      method: 'POST',
      file: wheel(),
      times: 1,
      fault: { kind: 'throttle', bytesPerSecond: 20 },
    });
    const began = Date.now();
    await expect(upload(1, 3)).rejects.toThrow('twine did not end within 3 seconds');
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(indexes.storedFiles(index)).toEqual([]);
    await upload(1);
    expect(indexes.storedFiles(index)).toEqual([wheel()]);
  });
});

describe('what was accepted and is not listed', () => {
  const { awaitVisible } = createPackageIndexActivities(
    new Proxy({} as Workbench, { get: (_, name: keyof Workbench) => bench[name] }),
  );

  /** Waits for the files with what the engine knows of a wait that began so long ago, in milliseconds. */
  const waitFor = (since: number) => {
    const environment = new MockActivityEnvironment({ scheduledTimestampMs: Date.now() - since });
    return environment.run(() => awaitVisible({ index: address, manifest }));
  };

  test('row 28: an upload that the index shows late is never sent again by an attempt that finds nothing listed', async () => {
    index.misbehave({ method: 'GET', fault: { kind: 'stale', age: day } });
    await upload();
    const said = (await evidenceOf(upload())).map(({ what }) => what);
    expect(said).toEqual(
      names().map(
        (name) => expect.stringMatching(`^the index accepted ${name} at .*: it is not sent again$`) as string,
      ),
    );
    index.behave();
    await waitFor(0);
    expect(statuses()).toEqual([200, 200]);
  });

  test('row 28: what is published and not visible after half an hour is said to be so, and only then sent again', async () => {
    index.misbehave({ method: 'GET', fault: { kind: 'stale', age: day } });
    await upload();
    await expect(waitFor(31 * minute)).rejects.toMatchObject({
      type: 'index',
      message: expect.stringMatching(
        /wh-demo 1\.0\.0 is uploaded to the index\.[^]*It is not visible yet, after 30 minutes: it does not list .*whl and/,
      ) as string,
    });
    halfAnHourLater();
    await upload();
    expect(statuses()).toEqual([200, 200, 200, 200]);
    expect(indexes.storedFiles(index)).toEqual(names());
  });

  test('row 34: a 200 for a file that was not stored is no success, and after the wait it is brought', async () => {
    index.misbehave({ file: sdist(), times: 1, fault: { kind: 'not-stored' } });
    await upload();
    await expect(waitFor(31 * minute)).rejects.toMatchObject({
      type: 'index',
      message: expect.stringContaining(`it does not list ${sdist()}`) as string,
    });
    halfAnHourLater();
    await upload();
    await waitFor(0);
    expect(indexes.storedFiles(index)).toEqual(names());
  });

  test('row 34: a 200 for a file that was stored in part stops everything, with both digests', async () => {
    index.misbehave({ file: wheel(), times: 1, fault: { kind: 'truncate', bytes: 100 } });
    await expect(upload(1).then(() => waitFor(0))).rejects.toMatchObject({
      type: 'integrity',
      message: expect.stringMatching(`[0-9a-f]{64}[^]*${manifest.files[0]?.sha256}`) as string,
    });
    await expect(upload(1)).rejects.toMatchObject({ type: 'integrity' });
    expect(statuses()).toEqual([200]);
  });
});

describe('an answer for ever', () => {
  test('row 31: the name of a deleted file is never asked for twice, and another version is proposed', async () => {
    await indexes.plainUpload(index, made.wheel);
    index.deleteFile(wheel());
    await expect(upload(1)).rejects.toMatchObject({
      type: 'operator',
      nonRetryable: true,
      message: expect.stringMatching(
        /has since been deleted[^]*Sending it again cannot help: `yank` and release another version, such as 1\.0\.1\.$/,
      ) as string,
    });
    expect(statuses()).toEqual([200, 400]);
  });

  test('row 36: a release that is closed after 14 days is not tried for ever: people are told what is served and how it can end', async () => {
    await upload(1);
    ahead = 15 * day;
    await expect(upload()).rejects.toMatchObject({
      type: 'operator',
      nonRetryable: true,
      message: expect.stringMatching(
        /older than 14 days[^]*It serves wh_demo-1\.0\.0-py3-none-any\.whl\.[^]*not whole[^]*`yank` and release another version, such as 1\.0\.1\.$/,
      ) as string,
    });
    expect(statuses()).toEqual([200, 400]);
  });
});

describe('a file that the artifact store has lost', () => {
  test('row 68: a file that is lost before anything was sent is told as lost, so that it can be built again', async () => {
    for (const file of manifest.files) await lose(file);
    expect(await upload()).toEqual({ lost: names() });
    expect(statuses()).toEqual([]);
  });

  test.each([0, 20])(
    'row 68: a file that is lost after another one was sent, listed yet or not, stops everything, and says what to put back',
    async (times) => {
      index.misbehave({ method: 'GET', times, fault: { kind: 'stale', age: day } });
      await upload(1);
      for (const file of manifest.files.slice(1)) await lose(file);
      const [, lost] = manifest.files;
      await expect(upload()).rejects.toMatchObject({
        type: 'integrity',
        message: expect.stringContaining(
          `${wheel()} was sent to the index already, and the artifact store holds ${sdist()} (sha256 ${lost?.sha256}) no more`,
        ) as string,
      });
      expect(indexes.storedFiles(index)).toEqual([wheel()]);
    },
  );
});
