import { Context } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';

import { readLedger, sendMessage } from '../../src/client/releases.js';
import { leaseId, releaseId, workflowTypes } from '../../src/contract/handles.js';
import { headline } from '../../src/contract/progress.js';
import { taskQueue } from '../../src/contract/zones.js';
import { expectPasteable } from '../contract/three-lines.js';
import { patience } from '../setup/patience.js';
import { gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';

describe('the lease', () => {
  it('row 60: refuses a second release of the package with the id of the first', async () => {
    const running = await service();
    await running.start();
    const second = await running.start({ version: '2.0.0' });
    expect(second).toMatchObject({
      state: 'refused',
      problems: [saying(releaseId(running.request.package, '1.0.0'))],
    });
  });

  it('row 60: lets a second release wait visibly and go on when the first has ended', async () => {
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

  it('row 47: is taken from a release that was terminated', async () => {
    const running = await service();
    await running.start();
    await running.client.workflow.getHandle(releaseId(running.request.package, '1.0.0')).terminate();
    expect(await running.start({ version: '2.0.0' })).toEqual({ state: 'admitted' });
  });
});

describe('releases that wait for the lease', () => {
  const version = (number: number) => `${String(number)}.0.0`;
  const abort = (running: Running, number: number) =>
    sendMessage(running.client, { ...running.request, version: version(number) }, 'abort', {
      by: 'grace',
      reason: 'make way',
    });
  const ledgerOf = (running: Running, number: number) =>
    readLedger(running.client, running.request.package, version(number));
  const lease = ({ client, request }: Running) => client.workflow.getHandle(leaseId(request.package));

  /** One that holds the lease and so many that wait behind it. */
  async function inLine(waiting: number): Promise<Running> {
    const running = await service();
    await running.start();
    for (let number = 2; number <= waiting + 1; number++)
      expect(await running.start({ version: version(number), wait: true })).toMatchObject({
        state: 'waiting',
        ahead: number - 1,
      });
    return running;
  }

  const atTheBranch = (running: Running, number: number) =>
    expect.poll(async () => waitsAt('branch')(await ledgerOf(running, number)), patience).toBe(true);

  it('row 60: get it in their order, without those that were given up or terminated meanwhile', async () => {
    const running = await inLine(3);
    const waiting = await ledgerOf(running, 4);
    expect(headline(waiting)).toBe('waiting in line');
    expect(waiting.notice).toMatch(/^waits behind release\/.*\/1\.0\.0 \(3 ahead\)$/);
    await abort(running, 2);
    await running.client.workflow.getHandle(releaseId(running.request.package, version(3))).terminate();
    await abort(running, 1);
    await atTheBranch(running, 4);
    expect(await ledgerOf(running, 2)).toMatchObject({ outcome: { outcome: 'abandoned' } });
  });

  it('row 60: get it from a lease that went on as a new run just when nobody held it', async () => {
    const running = await inLine(1);
    await lease(running).terminate('it is started anew with its state');
    await abort(running, 1);
    await running.client.workflow.start(workflowTypes.lease, {
      workflowId: leaseId(running.request.package),
      taskQueue: taskQueue('workflow'),
      args: [{ queue: [releaseId(running.request.package, version(2))] }],
    });
    await atTheBranch(running, 2);
  });

  it('row 60: get it although every worker was away when the first one ended', async () => {
    const running = await inLine(1);
    await running.stopWorkers();
    await running.client.workflow.getHandle(releaseId(running.request.package, version(1))).signal('abort', {
      by: 'grace',
      reason: 'make way',
    });
    await running.startWorkers();
    await atTheBranch(running, 2);
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
