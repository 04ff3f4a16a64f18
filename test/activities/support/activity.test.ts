import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { instrumented } from '../../../src/activities/support/activity.js';
import { recall, remember } from '../../../src/activities/support/memory.js';

const log = { info: vi.fn(), warn: vi.fn() };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
});

test('an activity gives a heartbeat every two seconds, whatever it does, until it ends', async () => {
  const activity = new MockActivityEnvironment();
  let beats = 0;
  activity.on('heartbeat', () => beats++);
  const { work } = instrumented(
    {
      work: async (_input: { name: string }) => {
        await vi.advanceTimersByTimeAsync(16_000);
        return { passed: false as const };
      },
    },
    log,
  );
  expect(await activity.run(work, { name: 'x' })).toEqual({ passed: false });
  expect(beats).toBe(8);
  expect(log.info).toHaveBeenCalledWith(
    expect.objectContaining({ activity: 'work', passed: false, attempt: 1 }),
    'work ended',
  );
  expect(vi.getTimerCount()).toBe(0);
});

test('a heartbeat repeats what an attempt has left for the next one, and what an earlier one had left', async () => {
  const activity = new MockActivityEnvironment({ heartbeatDetails: { runs: 1 } });
  const beats: unknown[] = [];
  activity.on('heartbeat', (details: unknown) => beats.push(details));
  const { work } = instrumented(
    {
      work: async (_input: object) => {
        await vi.advanceTimersByTimeAsync(2000);
        remember({ runs: (recall<{ runs: number }>()?.runs ?? 0) + 1 });
        await vi.advanceTimersByTimeAsync(2000);
        return {};
      },
    },
    log,
  );
  await activity.run(work, {});
  expect(beats).toEqual([{ runs: 1 }, { runs: 2 }, { runs: 2 }]);
});

test('an activity that fails says so in the log and fails', async () => {
  const error = new Error('no');
  const { work } = instrumented({ work: (_input: object) => Promise.reject<object>(error) }, log);
  await expect(work({})).rejects.toBe(error);
  expect(log.warn).toHaveBeenCalledWith(
    expect.objectContaining({ activity: 'work', err: error }),
    'work failed',
  );
  expect(vi.getTimerCount()).toBe(0);
});
