import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { openGates } from '../../src/contract/state.js';
import { answer, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { modelWorld, terms } from './world.js';

/** A release that takes two approvals, and waits at production no longer than a few seconds for them. */
async function impatient(): Promise<Running> {
  const world = modelWorld();
  world.model.terms = { ...terms, quorum: 2, approveWithin: { production: 4 } };
  const running = await service({}, world);
  await running.start();
  for (const gate of ['branch', 'merge'] as const)
    for (const by of ['grace', 'linus']) await answer(running, gate, 'approve', by);
  return running;
}

describe('a card that expires', () => {
  it('loses its approvals and is asked anew under another digest; nothing has failed', async () => {
    const running = await impatient();
    const old = gateOf(await running.until(waitsAt('production')), 'production');
    expect(await answer(running, 'production', 'approve')).toMatchObject({ counted: true });
    const ledger = await running.until((now) =>
      openGates(now).some(({ id, digest }) => id === 'production' && digest !== old.digest),
    );
    const anew = gateOf(ledger, 'production');
    expect(anew.decisions).toEqual([]);
    const { expiresAt = '' } = old;
    expect(anew.subject.at(-1)).toEqual({
      label: 'asked anew',
      value: `the card before expired at ${expiresAt}; grace (unverified) had approved`,
    });
    const step = ledger.steps.find(({ state }) => state === 'running');
    expect(step).toMatchObject({ id: '09-publish-to-production', findings: [] });
    expect(step?.evidence.at(-1)?.what).toContain(`production expired at ${expiresAt}`);
    const late = { by: 'linus', gate: 'production', digest: old.digest };
    expect(await sendMessage(running.client, running.request, 'approve', late)).toMatchObject({
      counted: false,
      why: saying(`expired at ${expiresAt}`),
    });
    const { digest } = gateOf(await running.ledger(), 'production');
    for (const by of ['linus', 'grace'])
      await sendMessage(running.client, running.request, 'approve', { by, gate: 'production', digest });
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });

  it('counts nothing that comes late, also where no worker was there to see it expire', async () => {
    const running = await impatient();
    const { digest, expiresAt = '' } = gateOf(await running.until(waitsAt('production')), 'production');
    await running.stopWorkers();
    const handle = running.client.workflow.getHandle(`release/${running.request.package}/1.0.0`);
    while (new Date().toISOString() <= expiresAt) await new Promise((resolve) => setTimeout(resolve, 100));
    await handle.signal('reject', { by: 'linus', gate: 'production', digest });
    await running.startWorkers();
    const { messages } = await running.until((ledger) =>
      ledger.messages.some(({ kind }) => kind === 'reject'),
    );
    expect(messages.at(-1)).toMatchObject({ counted: false, why: saying('expired at') });
  });
});
