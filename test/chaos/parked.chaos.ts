import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';
import { expect, it, onTestFinished } from 'vitest';

import { awaitOutcome, readLedger, sendMessage, startRelease } from '../../src/client/releases.js';
import { releaseId, workflowTypes, type ReleaseStart } from '../../src/contract/handles.js';
import type { ReleaseRequest } from '../../src/contract/release.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import { taskQueue } from '../../src/contract/zones.js';
import { patience } from '../setup/patience.js';
import { ownServer } from './own-server.js';
import { workerProcess } from './worker-process.js';

const parked = Number(process.env['SLIPWAY_PARKED'] ?? 1000);
/** How many are brought into their watch at a time. */
const atOnce = 8;

/** Does something for every release, some at a time. */
async function each(releases: readonly ReleaseRequest[], body: (release: ReleaseRequest) => Promise<void>) {
  const left = [...releases];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await body(next);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Brings a release into its watch as people do; answers with its ledger there. */
async function broughtIntoWatch(client: Client, release: ReleaseRequest): Promise<Ledger> {
  expect(await startRelease(client, { ...release, watchSeconds: 86_400 })).toEqual({ state: 'admitted' });
  for (;;) {
    const ledger = await readLedger(client, release.package, release.version);
    if (ledger.watch !== undefined) return ledger;
    for (const { id: gate, digest } of openGates(ledger))
      await sendMessage(client, release, 'approve', { by: 'grace', gate, digest });
    await delay(100);
  }
}

/** Starts a release where the page of another one is turned in its watch: what lies before would be the same for all of them. */
async function park(client: Client, release: ReleaseRequest, like: Ledger): Promise<void> {
  const ledger = JSON.parse(JSON.stringify(like).replaceAll(like.request.package, release.package)) as Ledger;
  const start: ReleaseStart = { ledger };
  await client.workflow.start(workflowTypes.release, {
    workflowId: releaseId(release.package, release.version),
    taskQueue: taskQueue('workflow'),
    args: [start],
  });
  // Only a run that has come to its watch is asked; whoever asks while all of them ask may get no answer in time.
  const asked = () => readLedger(client, release.package, release.version).catch(() => undefined);
  await expect.poll(asked, patience).toMatchObject({ id: releaseId(release.package, release.version) });
}

async function shiftsOf(client: Client, { package: name, version }: ReleaseRequest) {
  return (await readLedger(client, name, version).catch(() => undefined))?.shifts;
}

it('row 42: of a thousand releases in their watch each goes on when the worker was killed, and a yank among them at once', async () => {
  const { address } = await ownServer();
  const workers = await workerProcess({ address });
  await workers.start();
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  const releases = Array.from({ length: parked }, () => ({
    ...{ package: `parked-${randomUUID()}`, version: '1.0.0', by: 'ada' },
    ...{ wait: false, acceptUnisolated: false },
  }));
  const [yanked, ...others] = releases;
  if (yanked === undefined) throw new Error('nothing is parked');
  const began = performance.now();
  const like = await broughtIntoWatch(client, yanked);
  await each(others, (release) => park(client, release, like));
  const parkedIn = performance.now() - began;

  await workers.kill();
  const killed = performance.now();
  await workers.start();
  const started = performance.now();
  await sendMessage(client, yanked, 'yank', { by: 'grace', reason: 'data loss' });
  expect(await awaitOutcome(client, yanked.package, yanked.version)).toMatchObject({ outcome: 'yanked' });
  const yankedIn = performance.now() - started;

  await each(others, async (release) => {
    // Who gets no answer in time has left a signal, and asks what became of it.
    const said = await sendMessage(client, release, 'on-watch', { by: 'grace' });
    if (said !== undefined) expect(said).toMatchObject({ counted: true });
    else await expect.poll(() => shiftsOf(client, release), patience).toHaveLength(1);
  });
  const answeredIn = performance.now() - started;
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  console.info('row 42, in seconds:', {
    parked: { releases: parked, in: seconds(parkedIn) },
    restart: seconds(started - killed),
    yank: seconds(yankedIn),
    allAnswered: seconds(answeredIn),
  });
  expect(yankedIn).toBeLessThan(20_000);
});
