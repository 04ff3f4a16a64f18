import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import { failure } from '../../src/contract/failures.js';
import { modelWorld, terms } from './world.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt } from './playing.js';

describe('people', () => {
  it('reject the branch: the release waits for a fix and asks again for the new commit', async () => {
    const running = await service();
    await running.start();
    await answer(running, 'branch', 'reject');
    await running.until(waitsAt('fix'));
    running.model.head = 'e'.repeat(40);
    await answer(running, 'fix', 'fix');
    const ledger = await running.until(waitsAt('branch'));
    expect(gateOf(ledger, 'branch').subject[0]).toEqual({ label: 'commit', value: 'e'.repeat(40) });
    expect(running.model.effects).toEqual([]);
  });

  it('see a threshold that the package has lowered on every card', async () => {
    const world = modelWorld();
    const { readTerms } = world.activities;
    const running = await service(
      {
        readTerms: async (input) => {
          const answered = await readTerms(input);
          if ('problems' in answered) return answered;
          const { config } = answered.head;
          return { ...answered, head: { ...answered.head, config: { ...config, minimumCoverage: 97 } } };
        },
      },
      world,
    );
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    await outcome(running);
    const { gates } = await running.ledger();
    const lowered = { label: 'coverage demanded', value: 'only 97 %' };
    expect(gates.map(({ id }) => id)).toEqual(['branch', 'merge', 'production']);
    for (const { subject } of gates) expect(subject).toContainEqual(lowered);
  });

  it('cannot approve with a stale digest, for themselves, as strangers, early, or twice', async () => {
    const running = await service();
    await running.start();
    const ledger = await running.until(waitsAt('branch'));
    const { digest } = gateOf(ledger, 'branch');
    const send = (by: string, gate: string, digestSent: string) =>
      sendMessage(running.client, running.request, 'approve', { by, gate, digest: digestSent });
    expect(await send('grace', 'branch', 'a'.repeat(64))).toMatchObject({
      counted: false,
      why: saying('stale'),
    });
    expect(await send('ada', 'branch', digest)).toMatchObject({
      counted: false,
      why: saying('self-approval'),
    });
    expect(await send('mallory', 'branch', digest)).toMatchObject({
      counted: false,
      why: saying('not an approver'),
    });
    expect(await send('grace', 'production', digest)).toMatchObject({
      counted: false,
      why: saying('not open'),
    });
    const messages = (await running.ledger()).messages;
    expect(messages).toHaveLength(4);
    expect(messages.every((message) => !message.counted)).toBe(true);
  });

  it('are counted once however often a message is repeated', async () => {
    const world = modelWorld();
    world.model.terms = { ...terms, quorum: 2 };
    const running = await service({}, world);
    await running.start();
    const { digest } = gateOf(await running.until(waitsAt('branch')), 'branch');
    const message = { id: 'one', by: 'grace', gate: 'branch', digest };
    const first = await sendMessage(running.client, running.request, 'approve', message);
    const second = await sendMessage(running.client, running.request, 'approve', message);
    expect(second).toEqual(first);
    const ledger = await running.ledger();
    expect(ledger.messages).toHaveLength(1);
    expect(gateOf(ledger, 'branch').decisions).toHaveLength(1);
    await sendMessage(running.client, running.request, 'approve', { by: 'linus', gate: 'branch', digest });
    await running.until(waitsAt('merge'));
  });

  it('are heard by signal too, and a malformed signal is recorded and ignored', async () => {
    const running = await service();
    await running.start();
    const { digest } = gateOf(await running.until(waitsAt('branch')), 'branch');
    const handle = running.client.workflow.getHandle(
      releaseId(running.request.package, running.request.version),
    );
    await handle.signal('approve', { gate: 'branch', digest });
    await handle.signal('approve', { by: 'grace', gate: 'branch', digest });
    const ledger = await running.until(waitsAt('merge'));
    expect(ledger.messages.map(({ counted, channel }) => ({ counted, channel }))).toEqual([
      { counted: false, channel: 'signal' },
      { counted: true, channel: 'signal' },
    ]);
  });

  it('mend what infrastructure broke and retry the step', async () => {
    let broken = true;
    const running = await service({
      buildArtifacts: async ({ package: name, version, source }) => {
        if (broken)
          throw failure('operator', {
            now: 'The disk is full.',
            not: 'Nothing was built.',
            next: 'Make room.',
          });
        return modelWorld().activities.buildArtifacts({ package: name, version, source });
      },
    });
    await running.start();
    await approveAll(running, 'branch');
    const ledger = await running.until(waitsAt('trouble'));
    expect(ledger.steps[2]?.findings[0]).toEqual({
      title: 'The disk is full.',
      detail: 'Nothing was built.\nMake room.',
    });
    broken = false;
    await answer(running, 'trouble', 'retry');
    await running.until(waitsAt('merge'));
  });
});

describe('abort', () => {
  it('before the merge stops a running tool, touches nothing and ends abandoned', async () => {
    const running = await service();
    await running.start();
    await running.until(waitsAt('branch'));
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'not now' });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    expect(running.model.effects).toEqual([]);
    const ledger = await running.ledger();
    expect(ledger.steps.map((step) => step.state)).toEqual([
      'failed',
      ...Array<string>(10).fill('skipped'),
      'passed',
    ]);
  });

  it('after the merge asks whether main is put back, and puts it back if people say so', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge');
    await running.until(waitsAt('production'));
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'not now' });
    await approveAll(running, 'put-main-back');
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    expect(running.model.effects.at(-1)).toBe('revert on main');
  });

  it('is refused once the upload has begun', async () => {
    const running = await service();
    await running.start({ watchSeconds: 600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    const said = await sendMessage(running.client, running.request, 'abort', { by: 'grace' });
    expect(said).toMatchObject({ counted: false, why: saying('yank') });
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'end of the test' });
    await outcome(running);
  });

  it('is what a cancel request to the engine means', async () => {
    const running = await service();
    await running.start();
    await running.until(waitsAt('branch'));
    await running.client.workflow
      .getHandle(releaseId(running.request.package, running.request.version))
      .cancel();
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  });
});

describe('reject at production', () => {
  it('uploads nothing and asks; a fix enters again at step 1', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge');
    await answer(running, 'production', 'reject');
    await running.until(waitsAt('fix'));
    expect(running.model.effects.some((effect) => effect.includes('to production'))).toBe(false);
    running.model.head = 'd'.repeat(40);
    await answer(running, 'fix', 'fix');
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(running.model.effects.filter((effect) => effect.includes('to production'))).toHaveLength(2);
  });
});
