import { beforeEach, expect, test } from 'vitest';

import type { Told } from './state-folder/asked.js';
import { expectSurvived, room } from './state-folder/full.js';
import { whyNoMounts, workerOnOwnDisk } from './state-folder/releasing.js';

beforeEach((context) => {
  const why = whyNoMounts();
  context.skip(why !== undefined, why);
});

test('row 62: a disk that is full at a write of any kind asks people, keeps nothing by halves, and goes on with room', async () => {
  const release = await workerOnOwnDisk();
  const whole = await release({ options: room, empty: true });
  const seen = new Set<string>();
  for (const kilobytes of [4, 40, 64, 240, 560, 900, 1100, 1300])
    seen.add(await expectSurvived(release, whole, kilobytes));
  expect(seen.size).toBeGreaterThan(2);
});

test('row 70: a folder that is read-only is an operator failure that says so, and the release goes on once it is not', async () => {
  const release = await workerOnOwnDisk();
  const whole = await release({ options: room, empty: true });
  const closed = await release({ options: 'ro' });
  expect(closed.failed).toMatchObject({ type: 'operator', nonRetryable: true });
  expect(closed.failed?.message).toMatch(
    /^true now: The worker may not write to its folder \S+: .*read-only/i,
  );
  expect(await release({ options: 'rw' })).toEqual<Told>(whole);
});
