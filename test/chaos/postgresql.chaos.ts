import { setTimeout as delay } from 'node:timers/promises';

import { beforeAll, beforeEach, expect, inject, it } from 'vitest';

import type { Ledger } from '../../src/contract/state.js';
import { stage } from '../../tools/progress.mjs';
import { temporalServer, whyNoTemporalServer } from '../../tools/temporal-server.mjs';
import { Machine } from '../compose/machine.js';
import { postgresqlPrograms } from '../compose/postgresql.js';
import { halfModelled } from '../acceptance/half-modelled.js';
import { judge, report } from './judge.js';
import { beginToObserve } from './observed.js';
import { patientPeople } from './patient-people.js';
import { seeded } from './seeds.js';

const postgresql = postgresqlPrograms();
const whyNot = postgresql === undefined ? 'there is no PostgreSQL server' : await whyNoTemporalServer();
const buildMinutes = 30;

let machine: Machine;

beforeEach(({ skip }) => {
  skip(whyNot !== undefined, whyNot);
});

beforeAll(async () => {
  if (postgresql === undefined || whyNot !== undefined) return undefined;
  const server: string = await stage('Temporal server for PostgreSQL (for test/chaos)', (log) =>
    temporalServer({ log }),
  );
  machine = await Machine.make({ postgresql, temporalServer: server, temporal: inject('temporalBinary') });
  await machine.startDatabase();
  expect(await machine.runSchemaJob()).toMatchObject({ exitCode: 0 });
  await machine.startTemporal();
  expect(await machine.runNamespaceJob()).toMatchObject({ exitCode: 0 });
  return () => machine.end();
}, buildMinutes * 60_000);

const isOver = ({ outcome, phase }: Ledger) => phase === 'closed' && outcome !== undefined;

it('row 40: what was acknowledged is kept, and nothing happens twice, when PostgreSQL is stopped at once every 5 to 40 seconds', async ({
  annotate,
}) => {
  const stops = 8;
  const { seed, random } = seeded();
  await annotate(`seed ${String(seed)}`);
  const release = await halfModelled({}, { watchSeconds: 60, address: machine.address });
  const people = patientPeople(release);
  const observer = await beginToObserve(release, people.sent);
  expect(await release.start()).toEqual({ state: 'admitted' });
  let stopped = 0;
  const ended = new AbortController();
  const pulling = (async () => {
    while (stopped < stops && !ended.signal.aborted) {
      await delay(5000 + random() * 35_000);
      await machine.stopDatabaseImmediately();
      await delay(random() * 3000);
      await machine.startDatabase();
      stopped++;
      // People say things all the while; what is acknowledged must not be lost with the database's memory.
      await people.say('on-watch', {});
    }
  })();
  // Each question is left open for two stops, and the last ones fall into the upload and the watch.
  await people.until(isOver, ({ gates }) => stopped >= gates.length * 2);
  ended.abort();
  await pulling;
  const reproduce = `SLIPWAY_SEED=${String(seed)} SLIPWAY_CHAOS=whole npx vitest run --project chaos test/chaos/postgresql.chaos.ts`;
  const seen = await observer.observe({ seed, reproduce, least: 9 });
  expect(report(seen, judge(seen))).toBe('');
  expect(seen.ledger?.outcome?.outcome).toBe('released');
  expect(stopped).toBeGreaterThanOrEqual(6);
  expect(people.sent.filter(({ answer }) => answer?.counted === true).length).toBeGreaterThanOrEqual(9);
});
