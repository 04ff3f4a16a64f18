import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { currentCancellation } from '../../../src/activities/support/cancellation.js';
import { fence, fencing, type Engine } from '../../../src/activities/support/fence.js';
import { remember } from '../../../src/activities/support/memory.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const unheard = () => Promise.reject(new Error('unavailable'));

/** Runs something as an activity of an engine that says this, and says what came of it. */
async function attempt(
  body: () => Promise<unknown>,
  { isCurrent = () => Promise.resolve(true), checkMayAct = () => Promise.resolve() }: Partial<Engine>,
): Promise<unknown> {
  const activity = new MockActivityEnvironment();
  return activity.run(() => fencing({ isCurrent, checkMayAct })(body)).catch((error: unknown) => error);
}

/** Works until it is told to end. */
async function upload(seconds: number): Promise<string> {
  for (let second = 1; second <= seconds; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    if (currentCancellation()?.aborted === true) return `ended after ${String(second)} s`;
  }
  return 'went on';
}

describe('an attempt that changes something outside', () => {
  it('row 41: is ended 10 s after the server was heard last, before its task is given to another', async () => {
    expect(await attempt(() => upload(60), { isCurrent: unheard })).toBe('ended after 10 s');
    const heard = vi
      .fn<Engine['isCurrent']>()
      .mockResolvedValue(true)
      .mockRejectedValueOnce(new Error('lost'));
    expect(await attempt(() => upload(60), { isCurrent: heard })).toBe('went on');
  });

  it('row 39: is ended as soon as the server says that another one is the current one', async () => {
    expect(await attempt(() => upload(60), { isCurrent: () => Promise.resolve(false) })).toBe(
      'ended after 2 s',
    );
  });

  it('gets past the fence only with the word of the server, and if its run may act', async () => {
    const act = vi.fn<() => Promise<string>>().mockResolvedValue('pushed');
    const push = () => fence().then(act);
    expect(await attempt(push, { isCurrent: unheard })).toMatchObject({ message: 'unavailable' });
    expect(await attempt(push, { isCurrent: () => Promise.resolve(false) })).toBeInstanceOf(Error);
    const leaseIsGone = () => Promise.reject(new Error('another release holds the lease'));
    expect(await attempt(push, { checkMayAct: leaseIsGone })).toMatchObject({
      message: expect.stringContaining('holds the lease') as string,
    });
    expect(act).not.toHaveBeenCalled();
    expect(await attempt(push, {})).toBe('pushed');
  });

  it('keeps what it has left for the next one while it asks', async () => {
    const asked = vi.fn<Engine['isCurrent']>().mockResolvedValue(true);
    await attempt(
      async () => {
        remember({ sent: 1 });
        await upload(3);
      },
      { isCurrent: asked },
    );
    expect(asked).toHaveBeenCalledWith(expect.anything(), { sent: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});
