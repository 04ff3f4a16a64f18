import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import type { Message } from '../../src/contract/messages.js';
import { headline, shownGates } from '../../src/contract/progress.js';
import { evidenceOf } from '../../src/evidence/evidence.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';

/** Holds production in a release that waits there. */
async function holdProduction(running: Running, message: Partial<Message>) {
  await running.start();
  await approveAll(running, 'branch', 'merge');
  const { digest } = gateOf(await running.until(waitsAt('production')), 'production');
  const hold = { by: 'linus', gate: 'production', digest, reason: 'the docs are not built', ...message };
  expect(await sendMessage(running.client, running.request, 'hold', hold)).toMatchObject({ counted: true });
}

const uploads = ({ model }: Running) => model.effects.filter((effect) => effect.includes('to production'));

/** How many timers the engine was asked for. */
async function timers({ client, request }: Running): Promise<number> {
  const handle = client.workflow.getHandle(`release/${request.package}/${request.version}`);
  const { events } = await handle.fetchHistory();
  return (
    events?.filter(({ timerStartedEventAttributes: timer }) => timer !== null && timer !== undefined)
      .length ?? 0
  );
}

describe('a gate that somebody holds', () => {
  it('does not close although it is approved, says who holds it, and goes on once that is lifted', async () => {
    const running = await service();
    await holdProduction(running, {});
    const ledger = await running.until((now) => headline(now) === 'held by linus');
    const [card] = shownGates(ledger);
    expect(card?.held).toMatchObject([{ by: 'linus', reason: 'the docs are not built' }]);
    expect(card?.commands).toContainEqual(saying('slipway lift'));
    expect(await answer(running, 'production', 'approve')).toMatchObject({
      counted: true,
      why: saying('it waits for linus'),
    });
    expect(uploads(running)).toEqual([]);
    expect(gateOf(await running.ledger(), 'production').decisions).toHaveLength(1);
    await sendMessage(running.client, running.request, 'lift', { by: 'linus' });
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const { questions } = evidenceOf(await running.ledger(), new Date().toISOString());
    expect(questions.at(-1)?.holds).toMatchObject([{ by: 'linus', reason: 'the docs are not built' }]);
  });

  it('goes on by itself when the time of the hold is over, with the approvals that were given meanwhile', async () => {
    const running = await service();
    await holdProduction(running, { until: new Date(Date.now() + 4000).toISOString() });
    await answer(running, 'production', 'approve');
    expect(uploads(running)).toEqual([]);
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const [hold] = (await running.ledger()).gates.at(-1)?.holds ?? [];
    expect(Date.parse(hold?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(hold?.until ?? ''));
    // One for the hold, one for the watch.
    expect(await timers(running)).toBe(2);
  });

  it('is closed by the rejection of another', async () => {
    const running = await service();
    await holdProduction(running, {});
    await answer(running, 'production', 'reject');
    await running.until(waitsAt('fix'));
    expect(uploads(running)).toEqual([]);
  });

  it('keeps nobody from giving the release up', async () => {
    const running = await service();
    await holdProduction(running, {});
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'not now' });
    await answer(running, 'put-main-back', 'reject');
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  });
});
