import { Context } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';

import { readLedger, sendMessage } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import { expectPasteable } from '../contract/three-lines.js';
import { gateOf, outcome, saying, service, waitsAt } from './playing.js';

describe('the lease', () => {
  it('refuses a second release of the package with the id of the first', async () => {
    const running = await service();
    await running.start();
    const second = await running.start({ version: '2.0.0' });
    expect(second).toMatchObject({
      state: 'refused',
      problems: [saying(releaseId(running.request.package, '1.0.0'))],
    });
  });

  it('lets a second release wait visibly and go on when the first has ended', async () => {
    const running = await service();
    await running.start();
    expect(await running.start({ version: '2.0.0', wait: true })).toEqual({
      state: 'waiting',
      holder: releaseId(running.request.package, '1.0.0'),
      ahead: 1,
    });
    await running.until(waitsAt('branch'));
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'make way' });
    await outcome(running);
    const second = { ...running.request, version: '2.0.0' };
    const { digest } = gateOf(
      await (async () => {
        for (;;) {
          const ledger = await readLedger(running.client, second.package, second.version);
          if (waitsAt('branch')(ledger)) return ledger;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })(),
      'branch',
    );
    expect(
      await sendMessage(running.client, second, 'approve', { by: 'grace', gate: 'branch', digest }),
    ).toMatchObject({ counted: true });
  });

  it('is taken from a release that was terminated', async () => {
    const running = await service();
    await running.start();
    await running.client.workflow.getHandle(releaseId(running.request.package, '1.0.0')).terminate();
    expect(await running.start({ version: '2.0.0' })).toEqual({ state: 'admitted' });
  });
});

describe('a request that cannot be carried out', () => {
  it('is refused with every problem, and the run ends as failed', async () => {
    const running = await service({ readTerms: async () => ({ problems: ['one', 'two'] }) });
    const refused = await running.start();
    expect(refused).toMatchObject({ state: 'refused', problems: ['one', 'two'] });
    if (refused.state === 'refused') expectPasteable(refused.trouble, running.request);
    const failed = outcome(running);
    await expect(failed).rejects.toMatchObject({ cause: { message: saying('not done: ') } });
    expect(running.model.effects).toEqual([]);
  });
});

describe('a release that is given up before it is admitted', () => {
  it('ends, and leaves the record of an earlier run of the version as it was', async () => {
    let asked: () => void = () => undefined;
    const asking = new Promise<void>((resolve) => (asked = resolve));
    const running = await service({
      readTerms: async () => {
        const context = Context.current();
        const beat = setInterval(() => {
          context.heartbeat();
        }, 100);
        asked();
        return context.cancelled.finally(() => {
          clearInterval(beat);
        });
      },
    });
    const started = running.start();
    await asking;
    await sendMessage(running.client, running.request, 'abort', { by: 'ada', reason: 'a mistake' });
    expect(await started).toMatchObject({ state: 'refused' });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    expect(await running.record()).toBeUndefined();
  });
});
