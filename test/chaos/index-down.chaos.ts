import { expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { awaitEnd, bringTo, halfModelled, type HalfModelled } from '../acceptance/half-modelled.js';
import { patience } from '../setup/patience.js';

const reason = 'it loses data';

/** When the index, which was down, was asked for something, in milliseconds. */
function turnedAway({ index }: HalfModelled, path: RegExp): number[] {
  return index
    .accessLog()
    .flatMap((entry) =>
      entry.kind === 'request' && entry.fault === 'answer' && path.test(entry.path)
        ? [Date.parse(entry.at)]
        : [],
    );
}

it('row 35: an index that is down when it is to be yanked is asked every few seconds, people at once, and it is yanked as soon as it is back', async () => {
  const release = await halfModelled();
  await bringTo(release, ({ watch }) => watch !== undefined);
  release.index.misbehave({ fault: { kind: 'answer', status: 503 } });
  const began = Date.now();
  await sendMessage(release.client, release.request, 'yank', { by: 'grace', reason });
  const { notice } = await release.until((ledger) => ledger.notice !== undefined);
  expect(notice).toContain('manage/project/');
  expect(Date.now() - began).toBeLessThan(20_000);
  // The pause after the second try is longer than what is granted below.
  await expect.poll(() => turnedAway(release, /yank/).length, patience).toBe(2);
  await release.until(({ yank }) => yank?.waiting === true);
  const reads = () => turnedAway(release, /^\/simple\//).length;
  const before = reads();
  await expect.poll(reads, patience).toBeGreaterThan(before + 2);
  const times = turnedAway(release, /^\/simple\//);
  const gaps = times.slice(1).map((at, each) => at - (times[each] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(5000);
  release.index.behave();
  const back = Date.now();
  await expect.poll(() => release.shown(), patience).toEqual([reason, reason]);
  expect(Date.now() - back).toBeLessThan(6000);
  expect(await awaitEnd(release)).toBe('yanked');
  expect(release.mainIsBack()).toBe(true);
});
