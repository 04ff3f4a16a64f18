import { randomUUID } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { expect, it, onTestFinished } from 'vitest';

import { awaitOutcome, readLedger, startRelease } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import { ownServer } from './own-server.js';
import { patientPeople } from './patient-people.js';
import { workerProcess } from './worker-process.js';

/** More than the engine takes for one run. */
const signals = 12_000;
const limit = 10_000;
/** How many are on their way at a time. */
const atOnce = 50;

it('row 56: a yank gets through to a release that was flooded until the engine takes no signal for it any more', async () => {
  const { address } = await ownServer();
  const workers = await workerProcess({ address });
  await workers.start();
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  const request = {
    ...{ package: `flooded-${randomUUID()}`, version: '1.0.0', by: 'ada' },
    ...{ wait: false, acceptUnisolated: false },
  };
  expect(await startRelease(client, { ...request, watchSeconds: 86_400 })).toEqual({ state: 'admitted' });
  const { package: name, version } = request;
  const people = patientPeople({ client, request, ledger: () => readLedger(client, name, version) });
  await people.until(({ watch }) => watch !== undefined);

  const handle = client.workflow.getHandle(releaseId(name, version));
  const forged = { by: 'mallory', gate: 'production', digest: '0'.repeat(64) };
  let refused = 0;
  const flood = async (from: number) => {
    for (let sent = from; sent < signals; sent += atOnce)
      await handle.signal('approve', { ...forged, id: `flood-${String(sent)}` }).catch(() => refused++);
  };
  await Promise.all(Array.from({ length: atOnce }, (_, from) => flood(from)));
  expect(refused).toBeGreaterThanOrEqual(signals - limit);

  const asked = performance.now();
  await people.say('yank', {});
  expect(people.sent.at(-1)).toMatchObject({ kind: 'yank', answer: { counted: true } });
  expect(await awaitOutcome(client, name, version)).toMatchObject({ outcome: 'yanked' });
  const seconds = Math.round((performance.now() - asked) / 100) / 10;
  console.info('row 56:', { refused, yankedInSeconds: seconds, workerEnds: workers.ends });
});
