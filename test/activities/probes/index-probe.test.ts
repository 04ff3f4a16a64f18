import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { createIndexProbe } from '../../../src/activities/probes/index-probe.js';
import {
  newProbeRecord,
  type Probe,
  type ProbeAnswer,
  type ProbeRound,
  type ProbeTally,
} from '../../../src/contract/probes.js';
import type { IndexAddress, Manifest } from '../../../src/contract/release.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { keepNote } from '../../../src/activities/yank/note.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { makeBench } from '../support/bench.js';
import { demoIndex } from '../support/demo-index.js';

const bench = await makeBench();
afterAll(() => bench.close());
const { awaitIndexProbe } = createIndexProbe(bench);

const probe: Probe = {
  name: 'index',
  work: { does: 'index' },
  intervalSeconds: 300,
  delaySeconds: 1,
  failures: 1,
  unmeasured: 3,
  reportOnly: false,
};
const longAgo = '2026-01-01T00:00:00.000Z';

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

/** What one attempt ends with, and what it leaves for the next. */
interface Attempt {
  readonly answer?: ProbeAnswer;
  readonly again?: ApplicationFailure;
  readonly left: unknown;
}

async function attempt(changes: Partial<ProbeRound> = {}, heartbeatDetails?: unknown): Promise<Attempt> {
  const environment = new MockActivityEnvironment(
    { heartbeatDetails },
    { logger: new DefaultLogger('ERROR') },
  );
  let left: unknown = heartbeatDetails;
  environment.on('heartbeat', (details: unknown) => {
    left = details;
  });
  const { tally } = newProbeRecord(probe, longAgo);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const round = { probe, tally, known: [], until, ...changes };
  try {
    return { answer: await environment.run(awaitIndexProbe, { ...round, index: address, manifest }), left };
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { again: error, left };
  }
}

const findings = ({ answer }: Attempt) =>
  answer?.news?.kind === 'failed' ? answer.news.findings.map(({ title }) => title) : answer?.news;

describe('the probe of the index', () => {
  test('comes again after its interval while exactly our files are listed', async () => {
    await upload(made.wheel, made.sdist);
    const { again, left } = await attempt();
    expect(again).toMatchObject({ type: 'not-yet', nextRetryDelay: '300s', nonRetryable: false });
    expect(left).toMatchObject({
      runs: 1,
      failed: 0,
      last: { what: expect.stringContaining('exactly') as string },
    });
  });

  test('finds a file that is not listed any more', async () => {
    await upload(made.wheel);
    expect(findings(await attempt())).toEqual(['the index does not list wh_demo-1.0.0.tar.gz any more']);
  });

  test('finds other bytes under our name', async () => {
    await upload((await indexes.makeDistributions('wh-demo', '1.0.0', 'other')).wheel, made.sdist);
    expect(findings(await attempt())).toEqual([
      expect.stringMatching(
        `lists wh_demo.*whl with sha256 .* instead of sha256 ${manifest.files[0]?.sha256}`,
      ),
    ]);
  });

  test('finds a file that is not ours', async () => {
    await upload(made.wheel, made.sdist);
    manifest = { ...manifest, files: manifest.files.slice(0, 1) };
    expect(findings(await attempt())).toEqual([
      'the index lists wh_demo-1.0.0.tar.gz for 1.0.0, which is not ours',
    ]);
  });

  test('tells a yank by somebody at once, with its reason', async () => {
    await upload(made.wheel, made.sdist);
    index.yank('wh-demo', '1.0.0', 'by hand');
    expect((await attempt()).answer?.news).toEqual({ kind: 'yanked', reason: 'by hand' });
  });

  test('finds a yank of some files only, where an index can do that', async () => {
    const files = manifest.files.map(({ filename, sha256 }, at) => ({
      ...{ filename, url: filename, hashes: { sha256 }, yanked: at === 0 },
    }));
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ versions: ['1.0.0'], files }));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    address = {
      ...address,
      simple: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    };
    expect(findings(await attempt())).toEqual([
      'the index says yanked for wh_demo-1.0.0-py3-none-any.whl, not for every file',
    ]);
  });

  test('names who has yanked past the release, where that was noted', async () => {
    await upload(made.wheel, made.sdist);
    index.yank('wh-demo', '1.0.0', 'in a hurry');
    const direct = { by: 'grace', reason: 'in a hurry', at: '2026-08-21T10:00:00.000Z', driver: 'web' };
    await keepNote(bench.store, manifest, direct);
    expect((await attempt()).answer?.news).toEqual({ kind: 'yanked', reason: 'in a hurry', direct });
    await bench.store.setName('direct-yank/wh-demo/1.0.0', await bench.store.put('no note'));
    expect((await attempt()).answer?.news).toEqual({ kind: 'yanked', reason: 'in a hurry' });
  });

  test('takes files that are gone for a yank where nothing can be yanked', async () => {
    address = { ...address, yanks: false };
    expect((await attempt()).answer?.news).toEqual({ kind: 'yanked', reason: true });
  });
});

describe('the counters of a probe', () => {
  test('go from attempt to attempt up to the limit of an index that is down', async () => {
    index.misbehave({ method: 'GET', times: 100, fault: { kind: 'answer', status: 503 } });
    let left: unknown;
    for (const unmeasuredInRow of [1, 2]) {
      const tried = await attempt({}, left);
      expect(tried.left).toMatchObject({ runs: unmeasuredInRow, unmeasuredInRow });
      left = { ...(tried.left as ProbeTally), dueAt: longAgo };
    }
    const { answer } = await attempt({}, left);
    expect(answer?.news).toMatchObject({ kind: 'unmeasured', why: expect.stringContaining('503') as string });
  });

  test('keep an attempt that was started again from measuring before it is due', async () => {
    const dueAt = new Date(Date.now() + 60_000).toISOString();
    const { again } = await attempt({}, { ...newProbeRecord(probe, longAgo).tally, dueAt, runs: 7 });
    expect(again).toMatchObject({ type: 'not-yet', nextRetryDelay: '60s' });
    expect(index.accessLog()).toEqual([]);
  });

  test('do not forget a failure over a measurement that failed itself', async () => {
    await upload(made.wheel);
    const patient = { ...probe, failures: 2 };
    const first = await attempt({ probe: patient });
    index.misbehave({ method: 'GET', times: 1, fault: { kind: 'answer', status: 503 } });
    const due = (tally: unknown) => ({ ...(tally as ProbeTally), dueAt: longAgo });
    const second = await attempt({ probe: patient }, due(first.left));
    expect(second.left).toMatchObject({ runs: 2, failedInRow: 1, unmeasuredInRow: 1 });
    expect(findings(await attempt({ probe: patient }, due(second.left)))).toHaveLength(1);
  });

  test('do not ask again about what people have kept', async () => {
    await upload(made.wheel);
    const known = ['the index does not list wh_demo-1.0.0.tar.gz any more'];
    expect((await attempt({ known })).left).toMatchObject({ runs: 1, failed: 1 });
  });

  test('are handed back when the next time would be after the end of the watch', async () => {
    await upload(made.wheel, made.sdist);
    const until = new Date(Date.now() + 10_000).toISOString();
    expect((await attempt({ until })).answer).toMatchObject({ tally: { runs: 1 } });
  });
});
