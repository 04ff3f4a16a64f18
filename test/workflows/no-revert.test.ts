import { expect, it } from 'vitest';

import { found, yanked } from './after-yank.js';
import { hex } from './manifest.js';
import { answer, outcome, saying } from './playing.js';

it('nobody is asked to take out what changes no file of main, and no commit is said to have done it', async () => {
  const head = hex('merge');
  const without = `main stays at ${head.slice(0, 12)} without a revert: taking 1.0.0 out changes no file of it`;
  const running = await yanked(() => ({
    readLastStable: async () => ({ noRevert: { unchanged: head, evidence: [{ what: without }] } }),
  }));
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked', told: { now: saying(without) } });
  expect(running.model.effects.at(-1)).toBe('yank');
  const ledger = await running.ledger();
  expect(ledger.gates.map(({ id }) => id)).not.toContain('put-main-back');
  expect(ledger.rollback).toEqual({ unchanged: head });
  expect(ledger.yank).not.toHaveProperty('rolledBack');
  expect(found(ledger)).toContain(without);
});

it('nobody is asked again where somebody has reverted it already', async () => {
  const back = hex('by hand');
  const running = await yanked(() => ({
    readLastStable: async () => ({ noRevert: { back, evidence: [] } }),
  }));
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  expect(running.model.effects.at(-1)).toBe('yank');
  expect(await running.ledger()).toMatchObject({ rollback: { commit: back }, yank: { rolledBack: back } });
});

it('main is not said to be reverted either where that is found only after people have chosen it', async () => {
  const head = hex('merge');
  const running = await yanked(() => ({
    ensureRevertMade: async () => ({ passed: true, evidence: [], unchanged: head }),
  }));
  await answer(running, 'put-main-back', 'approve', 'linus');
  await outcome(running);
  const ledger = await running.ledger();
  expect(ledger.rollback).toMatchObject({ chosen: 'put back', by: 'linus', unchanged: head });
  expect(ledger.rollback).not.toHaveProperty('commit');
  expect(ledger.yank).not.toHaveProperty('rolledBack');
});
