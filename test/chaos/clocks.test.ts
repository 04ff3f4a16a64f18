import { Client, Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, it, onTestFinished } from 'vitest';

import { awaitOutcome, readLedger, startRelease } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import type { Ledger } from '../../src/contract/state.js';
import { modelWorld } from '../workflows/world.js';
import { runService } from '../workflows/model.js';
import { ownServer, type OwnServer } from './own-server.js';
import { patientPeople } from './patient-people.js';
import { workerProcess } from './worker-process.js';

const day = 86_400_000;

/** Somebody who looks at a release whose workers are elsewhere, and starts it. */
async function startedOn({ address }: OwnServer, watchSeconds: number) {
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  const request = { package: `clock-${randomUUID()}`, version: '1.0.0' };
  const asked = { ...request, by: 'ada', wait: false, acceptUnisolated: false, watchSeconds };
  expect(await startRelease(client, asked)).toEqual({ state: 'admitted' });
  const ledger = () => readLedger(client, request.package, request.version);
  return { client, request: asked, ledger };
}

const isOver = ({ outcome }: Ledger) => outcome !== undefined;

const secondsBetween = (from = '', until = '') => (Date.parse(until) - Date.parse(from)) / 1000;

it.each([
  ['a day ahead', day],
  ['a day behind', -day],
])(
  'row 66: workers whose clock is %s watch a release for as long as was agreed and probe it all the while',
  async (_which, shift) => {
    const server = await ownServer();
    const workers = await workerProcess({ address: server.address, probeSeconds: 1 }, shift);
    await workers.start();
    const release = await startedOn(server, 6);
    const began = Date.now();
    const people = patientPeople(release);
    const ledger = await people.until(isOver);
    expect(ledger.outcome).toMatchObject({ outcome: 'released' });
    const { startedAt, endedAt } = ledger.steps[10] ?? {};
    expect(secondsBetween(startedAt, endedAt)).toBeGreaterThanOrEqual(6);
    expect(secondsBetween(startedAt, endedAt)).toBeLessThan(12);
    const [probe] = ledger.probes ?? [];
    expect(probe?.tally.runs).toBeGreaterThanOrEqual(3);
    // What the release says of the world's times is what people's clocks say.
    for (const at of [ledger.final?.visibleAt, probe?.tally.last?.at])
      expect(Math.abs(secondsBetween(new Date(began).toISOString(), at))).toBeLessThan(120);
    expect(ledger.gates.map(({ id }) => id)).toEqual(['branch', 'merge', 'production']);
  },
);

it('row 66: the end of a watch that passed while the server was down comes once, as soon as it is back', async () => {
  const server = await ownServer();
  const world = modelWorld();
  const running = await runService({}, world, { address: server.address });
  onTestFinished(() => running.close());
  await running.start({ watchSeconds: 6 });
  const people = patientPeople(running);
  const { watch } = await people.until((now: Ledger) => now.watch !== undefined);
  await server.kill();
  await delay(Math.max(0, Date.parse(watch?.until ?? '') - Date.now()) + 2000);
  await server.start();
  const { client, request } = running;
  await people.until(isOver);
  expect(await awaitOutcome(client, request.package, request.version)).toMatchObject({ outcome: 'released' });
  const { events = [] } = await client.workflow
    .getHandle(releaseId(request.package, request.version))
    .fetchHistory();
  const of = (has: (event: NonNullable<typeof events>[number]) => unknown) =>
    (events ?? []).filter((event) => Boolean(has(event))).length;
  expect(of((event) => event.timerStartedEventAttributes)).toBe(1);
  expect(of((event) => event.timerFiredEventAttributes)).toBe(1);
  expect(world.model.effects.filter((effect) => effect.startsWith('delete'))).toHaveLength(1);
});
