import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { digestOf } from '../../src/contract/digest.js';
import type { Message } from '../../src/contract/messages.js';
import { shownGates } from '../../src/contract/progress.js';
import { evidenceOf } from '../../src/evidence/evidence.js';
import { openGates } from '../../src/contract/state.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { modelWorld, terms } from './world.js';

/** A release of ada's with a quorum of two that waits at its first gate, which grace has approved. */
async function halfApproved(changes = {}): Promise<Running> {
  const world = modelWorld();
  world.model.terms = { ...terms, quorum: 2, ...changes };
  const running = await service({}, world);
  await running.start();
  expect(await answer(running, 'branch', 'approve')).toMatchObject({ counted: true });
  return running;
}

const amend = (running: Running, message: Partial<Message>) =>
  sendMessage(running.client, running.request, 'amend', {
    ...{ by: 'ada', reason: 'grace is ill' },
    ...message,
  });

describe('an amend', () => {
  it('takes two of the present approvers, changes the terms, and has what is open asked anew', async () => {
    const running = await halfApproved();
    const before = await running.ledger();
    const old = gateOf(before, 'branch');
    await amend(running, { approvers: ['ada', 'linus', 'tim'], quorum: 1 });
    const card = gateOf(await running.until(waitsAt('amend')), 'amend');
    expect(card.consequence).toBe(
      'From then on an approval takes 1 of ada, linus, tim instead of 2 of ada, grace, linus; what waits for approvals is asked anew.',
    );
    expect(openGates(await running.ledger()).map(({ id }) => id)).toEqual(['branch', 'amend']);
    await answer(running, 'amend', 'approve', 'ada');
    expect((await running.ledger()).terms?.quorum).toBe(2);
    await answer(running, 'amend', 'approve', 'linus');
    const ledger = await running.until((now) => now.gates.filter(({ id }) => id === 'branch').length === 2);

    expect(ledger.terms).toMatchObject({ approvers: ['ada', 'linus', 'tim'], quorum: 1 });
    expect(ledger.agreed).toBe(digestOf({ request: ledger.request, terms: ledger.terms }));
    expect(ledger.amendments).toMatchObject([
      { before: { agreed: before.agreed, quorum: 2 }, approvedBy: ['ada', 'linus'] },
    ]);
    const anew = gateOf(ledger, 'branch');
    expect(anew).toMatchObject({ quorum: 1, decisions: [] });
    expect(anew.digest).not.toBe(old.digest);
    expect(anew.subject.slice(-2)).toEqual([
      {
        label: 'amended',
        value: '1 of ada, linus, tim instead of 2 of ada, grace, linus, by ada and linus: grace is ill',
      },
      {
        label: 'asked anew',
        value: expect.stringMatching(
          /^the approvers were changed at .*; grace \(unverified\) had approved$/,
        ) as unknown,
      },
    ]);
    expect(shownGates(ledger)[0]?.who).toBe('linus, tim');

    const send = (by: string, digest: string) =>
      sendMessage(running.client, running.request, 'approve', { by, gate: 'branch', digest });
    expect(await send('linus', old.digest)).toMatchObject({
      counted: false,
      why: saying('the approvers were changed at'),
    });
    expect(await send('grace', anew.digest)).toMatchObject({
      counted: false,
      why: saying('not an approver'),
    });
    expect(await send('tim', anew.digest)).toMatchObject({ counted: true });
    for (const id of ['merge', 'production'] as const)
      expect(await answer(running, id, 'approve', 'tim')).toMatchObject({ counted: true });
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(evidenceOf(await running.ledger(), '')).toMatchObject({
      amendments: [{ reason: 'grace is ill' }],
    });
  });

  it('that is rejected leaves everything as it was, with the approvals that were given', async () => {
    const running = await halfApproved();
    const { digest } = gateOf(await running.ledger(), 'branch');
    await amend(running, { quorum: 1 });
    await answer(running, 'amend', 'reject', 'linus');
    const ledger = await running.until(({ amendments }) => amendments?.[0]?.rejectedBy === 'linus');
    expect(gateOf(ledger, 'branch')).toMatchObject({ digest, quorum: 2, decisions: [{ by: 'grace' }] });
    expect(ledger.terms?.quorum).toBe(2);
    expect(await amend(running, { quorum: 1 })).toMatchObject({ counted: true });
  });

  it('is over with the release that it is for: when that is given up', async () => {
    const running = await halfApproved();
    await amend(running, { quorum: 1 });
    await running.until(waitsAt('amend'));
    await sendMessage(running.client, running.request, 'abort', { by: 'linus', reason: 'not now' });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    const ledger = await running.ledger();
    expect(openGates(ledger)).toEqual([]);
    expect(ledger.amendments?.[0]?.endedAt).toBeDefined();
    expect(ledger.amendments?.[0]?.approvedBy).toBeUndefined();
  });

  it('is over with the release that it is for: when that ends', async () => {
    const running = await halfApproved();
    await amend(running, { quorum: 1 });
    await running.until(waitsAt('amend'));
    await answer(running, 'branch', 'approve', 'linus');
    for (const id of ['merge', 'production'] as const) await approveTwice(running, id);
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(openGates(await running.ledger())).toEqual([]);
  });

  it('is asked on by the next run of a release that goes on as a new one, with what was approved', async () => {
    const running = await halfApproved({ historyEvents: 60 });
    await amend(running, { approvers: ['ada', 'linus', 'tim'] });
    await answer(running, 'amend', 'approve', 'ada');
    await answer(running, 'branch', 'approve', 'linus');
    await answer(running, 'merge', 'reject', 'linus');
    running.model.head = 'e'.repeat(40);
    await answer(running, 'fix', 'fix');
    await running.until((ledger) => ledger.candidates.length === 2 && waitsAt('branch')(ledger));
    const card = gateOf(await running.ledger(), 'amend');
    expect(card.decisions.map(({ by }) => by)).toEqual(['ada']);
    await answer(running, 'amend', 'approve', 'linus');
    await running.until((ledger) => ledger.terms?.approvers.includes('tim') === true);
    expect((await running.ledger()).gates.filter(({ id }) => id === 'amend')).toHaveLength(1);
  });
});

async function approveTwice(running: Running, id: 'merge' | 'production') {
  await approveAll(running, id);
  await answer(running, id, 'approve', 'linus');
}
