import { setTimeout as delay } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { releaseId } from '../../src/contract/handles.js';
import type { Ledger } from '../../src/contract/state.js';
import { halfModelled, type HalfModelled } from '../acceptance/half-modelled.js';
import { processesWith } from '../activities/support/processes.js';
import { patience } from '../setup/patience.js';
import { cuttableWay } from './cuttable.js';
import { judge, report } from './judge.js';
import { beginToObserve } from './observed.js';
import { ownServer, type OwnServer } from './own-server.js';
import { patientPeople, type PatientPeople } from './patient-people.js';
import { seeded } from './seeds.js';

/** Files of two versions, a devN, a merge, the final version, its tag, and the branch that goes. */
const least = 9;

/** A release on a server of its own, with its people and with what looks on from the other side. */
async function onOwnServer(watchSeconds: number) {
  const server = await ownServer();
  const way = await cuttableWay(server.address);
  const release = await halfModelled(
    {},
    { watchSeconds, address: server.address, workersFindItAt: way.address },
  );
  const people = patientPeople(release);
  const observer = await beginToObserve(release, people.sent);
  expect(await release.start()).toEqual({ state: 'admitted' });
  return {
    ...{ server, way, release, people },
    expectRight: async (row: number, seed: number) => {
      const reproduce = `SLIPWAY_SEED=${String(seed)} SLIPWAY_CHAOS=whole npx vitest run --project chaos test/chaos/server.chaos.ts -t 'row ${String(row)}:'`;
      const seen = await observer.observe({ seed, reproduce, least });
      expect(report(seen, judge(seen))).toBe('');
      expect(seen.ledger?.outcome?.outcome).toBe('released');
    },
  };
}

const isOver = ({ outcome, phase }: Ledger) => phase === 'closed' && outcome !== undefined;

/** Kills the server so often: whenever the release has gone on a little, and then some moments later. */
async function killOften(
  { server, release, random }: { server: OwnServer; release: HalfModelled; random: () => number },
  times: number,
  killed: (count: number) => void,
): Promise<void> {
  let events = 0;
  for (let count = 1; count <= times; count++) {
    events = await grown(release, events + 1 + Math.floor(random() * 5));
    await delay(random() * 400);
    await server.kill();
    await server.start();
    killed(count);
  }
}

/** Waits until the release has so many events, or has to wait for somebody; answers with how many it has. */
async function grown({ client, request }: HalfModelled, wanted: number): Promise<number> {
  const handle = client.workflow.getHandle(releaseId(request.package, request.version));
  for (let tries = 0; ; tries++) {
    const events = await handle.describe().then(
      ({ historyLength }) => historyLength,
      () => 0,
    );
    if (events >= wanted || tries > 60) return events;
    await delay(50);
  }
}

it('row 37: a release whose Temporal server is killed fifty times ends as if it had not been', async ({
  annotate,
}) => {
  const times = 50;
  const { seed, random } = seeded();
  await annotate(`seed ${String(seed)}`);
  const { server, release, people, expectRight } = await onOwnServer(1);
  let kills = 0;
  const killing = killOften({ server, release, random }, times, (count) => (kills = count));
  // Each question is left open for a while, so that the server is killed at every stage of the release.
  const stages = [0.2, 0.4, 0.6, 0.8];
  const may = ({ gates }: Ledger) => kills >= (stages[gates.length - 1] ?? 1) * times;
  const ended = people.until(isOver, may);
  await killing;
  await ended;
  expect(kills).toBe(times);
  await expectRight(37, seed);
});

/** The first bytes of the wheel have come to production, and the rest takes its time. */
async function uploadBegun(
  { release, people }: { release: HalfModelled; people: PatientPeople },
  ms: number,
) {
  release.index.misbehave({ method: 'POST', file: /whl$/, fault: { kind: 'delay', ms } });
  await people.until(({ phase }) => phase === 'uploading');
  await onItsWay(release);
}

/** A file is on its way to production. */
async function onItsWay(release: HalfModelled): Promise<void> {
  await expect.poll(() => release.arriving(), { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
}

const [wheel, sdist] = [/-1\.0\.0-.*whl$/, /-1\.0\.0\.tar\.gz$/];

/** How often a file was sent to production. */
const sent = ({ index }: HalfModelled, kind: RegExp) =>
  index.accessLog().filter((entry) => entry.kind === 'request' && kind.test(entry.filename ?? '')).length;

it('row 38: a server that is away for longer than a heartbeat, twice during an upload, has no file sent again', async () => {
  const { server, release, people, expectRight } = await onOwnServer(1);
  release.index.misbehave({ method: 'POST', file: /tar.gz$/, fault: { kind: 'delay', ms: 30_000 } });
  await uploadBegun({ release, people }, 10_000);
  for (const file of [wheel, sdist]) {
    await onItsWay(release);
    expect(sent(release, file)).toBe(0);
    await server.kill();
    // A heartbeat has to come every 15 seconds; the file arrives meanwhile.
    await Promise.all([delay(22_000), expect.poll(() => sent(release, file), patience).toBe(1)]);
    await server.start();
  }
  await people.until(isOver);
  expect([wheel, sdist].map((file) => sent(release, file))).toEqual([1, 1]);
  await expectRight(38, 0);
});

it('row 39: a server that stands still for longer than a heartbeat has nothing written by the attempt that it gave up', async () => {
  const { server, release, people, expectRight } = await onOwnServer(1);
  await uploadBegun({ release, people }, 40_000);
  await server.freeze(25_000);
  await people.until(isOver);
  await expectRight(39, 0);
});

it('row 41: of two machines the one that is cut off ends its upload before the other one begins it', async () => {
  const { way, release, people, expectRight } = await onOwnServer(1);
  await uploadBegun({ release, people }, 40_000);
  await release.startOthers();
  expect(await uploads(release)).toBeGreaterThan(0);
  way.cut();
  await expect.poll(() => uploads(release), patience).toBe(0);
  expect(await givenAway(release)).toEqual([]);
  // The bytes that the index has already come to be stored all the same, later.
  release.index.behave();
  await people.until(isOver);
  expect(await givenAway(release)).toContain('ensurePublished');
  way.mend();
  await expectRight(41, 0);
});

/** How many processes are at the upload of a file of it. */
async function uploads({ request }: HalfModelled): Promise<number> {
  const found = await processesWith('upload_with_twine');
  return found.filter(({ argv }) => argv.includes(request.package.replaceAll('-', '_'))).length;
}

/** The activities that the server gave to another worker, as the one that had them was not heard any more. */
async function givenAway({ client, request }: HalfModelled) {
  const { events } = await client.workflow
    .getHandle(releaseId(request.package, request.version))
    .fetchHistory();
  const scheduled = new Map(
    events?.map((event) => [event.eventId?.toString(), event.activityTaskScheduledEventAttributes]),
  );
  return events?.flatMap(({ activityTaskStartedEventAttributes: began }) =>
    began?.lastFailure?.timeoutFailureInfo
      ? [scheduled.get(began.scheduledEventId?.toString())?.activityType?.name]
      : [],
  );
}
