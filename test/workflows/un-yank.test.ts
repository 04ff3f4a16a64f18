import { describe, expect, it } from 'vitest';

import * as commands from '../../src/client/commands.js';
import { sendMessage, startLate } from '../../src/client/releases.js';
import { failure } from '../../src/contract/failures.js';
import { unYankId } from '../../src/contract/handles.js';
import { progress } from '../../src/contract/progress.js';
import type { Ledger } from '../../src/contract/state.js';
import { finding, notPassed } from '../../src/contract/verdict.js';
import { hex } from './manifest.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import type { Activities } from './world.js';

const yanked = (ledger: Ledger) => ledger.yank?.provenAt !== undefined;

/** A released version that grace has yanked in its watch. */
async function yankedService(overrides: Partial<Activities> = {}): Promise<Running> {
  const running = await service(overrides);
  await running.start({ watchSeconds: 3600 });
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until((ledger) => ledger.watch !== undefined);
  await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'data loss' });
  await running.until(yanked);
  return running;
}

const say = (running: Running, kind: 'yank' | 'un-yank', by: string, reason: string) =>
  sendMessage(running.client, running.request, kind, { by, reason });

/** A roll-back that waits for people, and the end of that waiting. */
function heldMain() {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const ensureReverted: Activities['ensureReverted'] = async () => {
    await held;
    return { state: 'done', evidence: [{ what: 'reverted' }] };
  };
  return { ensureReverted, release: () => release() };
}

describe('the proof of a yank by an installation', () => {
  it('runs beside the roll-back, which does not wait for a place, and ends up in the last step', async () => {
    let free: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (free = resolve));
    const running = await yankedService({
      awaitFallback: async () => {
        await busy;
        return { passed: true, versions: ['0.9.0'], evidence: [{ what: 'it takes 0.9.0' }] };
      },
    });
    const waiting = await running.until((ledger) => ledger.yank?.rolledBack !== undefined);
    expect(waiting.yank?.fallback).toBeUndefined();
    expect(running.model.effects.at(-1)).toBe('revert on main');
    free();
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    const ledger = await running.ledger();
    expect(ledger.yank).toMatchObject({ driver: 'command', fallback: { versions: ['0.9.0'] } });
    expect(ledger.steps.at(-1)?.evidence).toContainEqual({ what: 'it takes 0.9.0' });
    expect(progress(ledger, new Date().toISOString()).takingBack).toEqual([
      expect.stringMatching(/^yank asked for by grace at .*: data loss$/),
      expect.stringMatching(/^the index said so at .*, \d+\.\d s after the message; done by command$/),
      'an installation without a pin takes 0.9.0',
      'main is put back to 0.9.0 by 726576657274, as the settings chose',
    ]);
  });

  it('that stays wrong is put to people, who have it tried again or go without', async () => {
    const running = await yankedService({
      awaitFallback: async () => notPassed([finding('pip still takes 1.0.0')]),
    });
    const card = gateOf(await running.until(waitsAt('fallback')), 'fallback');
    expect(card.subject[0]).toEqual({ label: 'finding', value: 'pip still takes 1.0.0' });
    expect(running.model.effects.at(-1)).toBe('revert on main');
    await answer(running, 'fallback', 'retry');
    await running.until((ledger) => ledger.gates.filter(({ id }) => id === 'fallback').length === 2);
    await answer(running, 'fallback', 'keep', 'linus');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect((await running.ledger()).yank?.fallback).toEqual({
      waivedBy: 'linus',
      why: 'pip still takes 1.0.0',
    });
  });

  it('is put to people as well where it cannot even be tried', async () => {
    const trouble = { now: 'There is no Python 3.12.', not: 'Nothing was installed.', next: 'Install it.' };
    const running = await yankedService({
      awaitFallback: async () => {
        throw failure('operator', trouble);
      },
    });
    const card = gateOf(await running.until(waitsAt('fallback')), 'fallback');
    expect(card.subject[0]).toEqual({ label: 'finding', value: trouble.now });
    await answer(running, 'fallback', 'keep');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  });
});

describe('un-yank in a release that is still open', () => {
  it('takes two different approvers, the one who asks and started the release among them, and leaves its trace', async () => {
    const main = heldMain();
    const running = await yankedService({ ensureReverted: main.ensureReverted });
    expect(await say(running, 'un-yank', 'ada', 'it was another version')).toMatchObject({ counted: true });
    expect(await say(running, 'un-yank', 'grace', 'me too')).toMatchObject({
      counted: false,
      why: saying('ada asked for un-yank already'),
    });
    const card = gateOf(await running.until(waitsAt('un-yank')), 'un-yank');
    expect(card.consequence).toContain('main is not put forward again');
    expect(await answer(running, 'un-yank', 'approve', 'ada')).toMatchObject({ counted: true });
    expect(await answer(running, 'un-yank', 'approve', 'ada')).toMatchObject({
      counted: false,
      why: 'ada has answered this already',
    });
    expect(running.model.effects).not.toContain('un-yank');
    expect(await answer(running, 'un-yank', 'approve', 'linus')).toMatchObject({ counted: true });
    await running.until((ledger) => ledger.yank?.unYanks?.[0]?.provenAt !== undefined);
    expect(running.model.index.every(({ yanked: is }) => is === false)).toBe(true);
    main.release();
    const { evidence = '' } = await outcome(running);
    expect(evidence).toMatch(/^[0-9a-f]{64}$/);
    const record = await running.record();
    expect(record?.outcome).toMatchObject({ outcome: 'un-yanked' });
    expect(record?.yank).toMatchObject({
      reason: 'data loss',
      rolledBack: hex('revert'),
      unYanks: [
        { by: 'ada', reason: 'it was another version', approvedBy: ['ada', 'linus'], driver: 'command' },
      ],
    });
  });

  it('that somebody rejects leaves the yank, and may be asked for anew', async () => {
    const main = heldMain();
    const running = await yankedService({ ensureReverted: main.ensureReverted });
    await say(running, 'un-yank', 'ada', 'a mistake');
    await answer(running, 'un-yank', 'reject', 'linus');
    await running.until((ledger) => ledger.yank?.unYanks?.[0]?.rejectedBy === 'linus');
    expect(await say(running, 'un-yank', 'ada', 'no, really')).toMatchObject({ counted: true });
    await running.until(waitsAt('un-yank'));
    await answer(running, 'un-yank', 'reject', 'grace');
    main.release();
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects).not.toContain('un-yank');
    expect((await running.ledger()).yank?.unYanks?.map(({ rejectedBy }) => rejectedBy)).toEqual([
      'linus',
      'grace',
    ]);
  });

  it('is overtaken by a yank at any second, also while a person still has to carry it out', async () => {
    const main = heldMain();
    const running = await yankedService({
      ensureReverted: main.ensureReverted,
      ensureUnYanked: async () => ({ proven: false, toDo: ['Un-yank it on its page.'], evidence: [] }),
      awaitUnYanked: async () => {
        throw new Error('still yanked');
      },
    });
    await say(running, 'un-yank', 'ada', 'a mistake');
    await approveAll(running, 'un-yank');
    await answer(running, 'un-yank', 'approve', 'linus');
    await running.until(({ notice }) => notice === 'Un-yank it on its page.');
    expect(await say(running, 'yank', 'grace', 'it was none')).toMatchObject({
      counted: true,
      why: 'the release is being yanked again',
    });
    await running.until((ledger) => ledger.yank?.reason === 'it was none' && yanked(ledger));
    main.release();
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    const ledger = await running.ledger();
    expect(ledger.formerYanks).toMatchObject([
      { reason: 'data loss', unYanks: [{ approvedBy: ['grace', 'linus'] }] },
    ]);
    expect(ledger.notice).toBeUndefined();
  });
});

describe('un-yank after the release has ended', () => {
  const askLate = (running: Running, by: string) =>
    startLate(running.client, 'un-yank', {
      ...{ package: running.request.package, version: running.request.version },
      ...{ by, reason: 'it was another version' },
    });
  const late = (running: Running): Promise<unknown> =>
    running.client.workflow.getHandle(unYankId(running.request.package, running.request.version)).result();
  const sayLate = async (running: Running, by: string) => {
    const { digest } = gateOf(await running.until(waitsAt('un-yank')), 'un-yank');
    const id = unYankId(running.request.package, running.request.version);
    const message = { by, gate: 'un-yank', digest };
    return sendMessage(running.client, running.request, 'approve', message, id);
  };

  it('asks two approvers in a run of its own, keeps what the last step had found, and its record', async () => {
    const running = await yankedService();
    await outcome(running);
    const before = (await running.ledger()).steps.at(-1)?.evidence ?? [];
    await askLate(running, 'grace');
    await sayLate(running, 'grace');
    await sayLate(running, 'linus');
    expect(await late(running)).toMatchObject({ outcome: 'un-yanked' });
    const record = await running.record();
    expect(record?.yank?.unYanks).toMatchObject([{ by: 'grace', approvedBy: ['grace', 'linus'] }]);
    expect(record?.messages.at(-3)).toMatchObject({ kind: 'un-yank', by: 'grace', counted: true });
    expect(record?.steps.at(-1)?.evidence.slice(0, before.length)).toEqual(before);
    expect(running.model.effects.slice(-3)).toEqual(['yank', 'revert on main', 'un-yank']);
    expect((await running.ledger()).outcome).toMatchObject({ outcome: 'un-yanked' });
  });

  it('is begun by the client, which says what it waits for, and answered through it', async () => {
    const running = await yankedService();
    await outcome(running);
    const printed: string[] = [];
    const screen = () => ({ width: 80, colour: false, now: new Date() });
    const output = { json: false, interactive: false, screen, print: (text: string) => printed.push(text) };
    const { client, request } = running;
    await commands.say(client, request, 'un-yank', { by: 'grace', reason: 'a mistake' }, output);
    expect(printed).toEqual([saying('waits for two approvers: `slipway status` shows what to approve')]);
    const { digest } = gateOf(await running.until(waitsAt('un-yank')), 'un-yank');
    for (const by of ['grace', 'linus'])
      await commands.say(client, request, 'approve', { by, gate: 'un-yank', digest }, output);
    expect(printed.at(-1)).toBe('counted: approval 2 of 2 of the gate un-yank');
    expect(await late(running)).toMatchObject({ outcome: 'un-yanked' });
  }, 60_000);

  it('can be followed by another yank, and the record tells of both', async () => {
    const running = await yankedService();
    await outcome(running);
    await askLate(running, 'grace');
    await sayLate(running, 'grace');
    await sayLate(running, 'ada');
    await late(running);
    const { package: name, version } = running.request;
    const again = await startLate(running.client, 'yank', {
      ...{ package: name, version, by: 'grace', reason: 'it was no mistake' },
    });
    await running.client.workflow.getHandle(again).result();
    const record = await running.record();
    expect(record?.yank).toMatchObject({ reason: 'it was no mistake' });
    expect(record?.formerYanks).toMatchObject([{ reason: 'data loss', unYanks: [{ by: 'grace' }] }]);
    expect(running.model.index.every(({ yanked: why }) => why === 'it was no mistake')).toBe(true);
  });

  it('is refused where the release was not yanked, and changes nothing', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    await outcome(running);
    await askLate(running, 'grace');
    await expect(late(running)).rejects.toMatchObject({
      cause: { message: saying('the index has not said yanked for this release') },
    });
    expect((await running.ledger()).outcome).toMatchObject({ outcome: 'released' });
  });
});
