import { afterEach, expect, test, vi } from 'vitest';

import { createReadinessActivities } from '../../src/activities/readiness.js';
import type { Settings } from '../../src/config/settings.js';
import { makeBench } from './support/bench.js';

const index = { name: 'ours', upload: 'http://127.0.0.1:1/', simple: 'http://127.0.0.1:1/simple/' };
const target = { index, subject: { package: 'fx-demo', version: '1.0.0' }, drivers: ['command'] as const };
const arming = { armed: [{ driver: 'command' as const }], evidence: [], toDo: [] };
const office = { zone: 'Europe/Berlin', hours: '09:00-15:00', days: ['mon'] as const };

afterEach(() => {
  vi.useRealTimers();
});

async function readyAt(now: string, settings: Partial<Settings>, seconds = 12 * 3600) {
  const bench = await makeBench({ settings });
  vi.useFakeTimers({ now: new Date(now), toFake: ['Date'] });
  const { ensureReady } = createReadinessActivities(bench, { ensureArmed: () => Promise.resolve(arming) });
  const ready = await ensureReady({ ...target, seconds });
  await bench.close();
  return ready;
}

test('an upload at any hour waits for nothing, and tells what is armed', async () => {
  expect(await readyAt('2026-08-23T12:00:00Z', {})).toEqual({ arming, plan: [] });
});

test('an upload outside of its hours waits until they begin', async () => {
  const publishWindow = office;
  expect(await readyAt('2026-08-24T06:59:59Z', { publishWindow })).toHaveProperty(
    'opensAt',
    '2026-08-24T07:00:00.000Z',
  );
  expect(await readyAt('2026-08-24T07:00:00Z', { publishWindow })).not.toHaveProperty('opensAt');
  expect(await readyAt('2026-08-24T13:00:00Z', { publishWindow })).toHaveProperty(
    'opensAt',
    '2026-08-31T07:00:00.000Z',
  );
});

test('the roster of the time to come is told in the zone of each', async () => {
  const roster = {
    ada: { zone: 'Europe/Berlin', hours: '08:00-20:00', days: ['mon'] as const },
    grace: { zone: 'America/New_York', hours: '09:00-17:00', days: ['mon'] as const },
  };
  const { plan } = await readyAt('2026-08-24T07:00:00Z', { roster });
  expect(plan.map(({ by, local }) => `${by} ${local}`)).toEqual([
    'ada Mon 24 Aug 08:00–20:00 Europe/Berlin',
    'grace Mon 24 Aug 09:00–17:00 America/New_York',
  ]);
});
