import { describe, expect, it } from 'vitest';

import { say } from '../../src/client/commands.js';
import { failure, notYet } from '../../src/contract/failures.js';
import { sendMessage, startLate } from '../../src/client/releases.js';
import { releaseId, yankId } from '../../src/contract/handles.js';
import { openGates } from '../../src/contract/state.js';
import { answer, approveAll, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { modelWorld } from './world.js';

/** A yank after the end is carried out, and main is put back. */
async function yanksLate({ client, request, model }: Running): Promise<void> {
  const { package: name, version } = request;
  await startLate(client, 'yank', { package: name, version, by: 'grace', reason: 'found later' });
  const late: unknown = await client.workflow.getHandle(yankId(name, version)).result();
  expect(late).toMatchObject({ outcome: 'yanked' });
  expect(model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
}

describe('a problem in the watch', () => {
  it('keeps the watch open until somebody says keep', async () => {
    const running = await service();
    await running.start({ watchSeconds: 1 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'report', { by: 'a user', reason: 'it is slow' });
    const ledger = await running.until(waitsAt('report'));
    const until = Date.parse(ledger.watch?.until ?? '');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, until + 500 - Date.now())));
    expect((await running.ledger()).outcome).toBeUndefined();
    await answer(running, 'report', 'keep');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });

  it('is answered by a yank, which ends the watch at once and puts main back', async () => {
    const running = await service();
    await running.start({ watchSeconds: 3600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'report', { by: 'a user', reason: 'data loss' });
    await running.until(waitsAt('report'));
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'data loss' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
    expect(running.model.index.every((file) => file.yanked === 'data loss')).toBe(true);
  });
});

describe('yank', () => {
  it('before any upload counts as abort', async () => {
    const running = await service();
    await running.start();
    await running.until(waitsAt('branch'));
    const said = await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'no' });
    expect(said).toMatchObject({ counted: true, why: saying('counts as abort') });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  });

  it('after the end takes the record up again, yanks and puts main back', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    await outcome(running);
    await yanksLate(running);
  });

  it('of a run that was terminated goes on from what the engine still knows', async () => {
    const running = await service();
    await running.start({ watchSeconds: 3600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    const { package: name, version } = running.request;
    await sendMessage(running.client, running.request, 'report', { by: 'linus', reason: 'looks bad' });
    await running.client.workflow.getHandle(releaseId(name, version)).terminate('by mistake');
    await yanksLate(running);
    const ledger = await running.ledger();
    expect(ledger.outcome).toMatchObject({ outcome: 'yanked' });
    expect(openGates(ledger)).toEqual([]);
    expect(ledger.steps.map(({ state }) => state)).not.toContain('running');
  });

  it('of which no driver is able waits for a person and ends when the index says so', async () => {
    let reads = 0;
    const running = await service({
      ensureYanked: async () => ({ proven: false, toDo: ['Yank it on its page.'], evidence: [] }),
      awaitYanked: async () => {
        reads += 1;
        if (reads < 2) throw new Error('not yet');
        return { evidence: { what: 'the index says yanked' } };
      },
    });
    await running.start({ watchSeconds: 3600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'bad' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect((await running.ledger()).yank?.driver).toBe('person');
  });

  it('that nothing came of is tried again by another yank', async () => {
    let tries = 0;
    const stuck = { proven: false as const, driver: 'web', toDo: ['Open the mail.'], evidence: [] };
    const running = await service({
      ensureYanked: async () => {
        tries += 1;
        return tries < 10 ? stuck : { proven: true, driver: 'somebody else', evidence: [{ what: 'yanked' }] };
      },
      awaitYanked: async () => {
        throw new Error('not yet');
      },
    });
    const yank = () => sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'bad' });
    await running.start({ watchSeconds: 3600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await yank();
    for (let done = 1; done < 10; done++) {
      const waiting = await running.until(
        ({ yank: record }) => record?.waiting === true && (record.tries ?? 0) === done - 1,
      );
      expect(waiting.notice).toBe('Open the mail.');
      expect(await yank()).toEqual({ counted: true, why: 'the drivers try to yank it again' });
    }
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    const { yank: record, notice } = await running.ledger();
    expect(record).toMatchObject({ driver: 'web', tries: 9 });
    expect([record?.waiting, notice]).toEqual([undefined, undefined]);
  });
});

it('hears a yank while the branch cannot be deleted after a good watch', async () => {
  const running = await service({
    ensureBranchRetired: async () => {
      throw failure('operator', {
        now: 'The token is revoked.',
        not: 'The branch is there.',
        next: 'Renew it.',
      });
    },
  });
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until(waitsAt('trouble'));
  await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'found in time' });
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  expect(running.model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
});

it('takes a release back that somebody yanked on the index without a word', async () => {
  const running = await service();
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until((ledger) => ledger.watch !== undefined);
  for (const file of running.model.index) file.yanked = 'by hand';
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  expect(running.model.effects.at(-1)).toBe('revert on main');
  expect(running.model.effects.filter((effect) => effect === 'revert on main')).toHaveLength(1);
  expect((await running.ledger()).stop).toMatchObject({ by: 'somebody on the index', reason: 'by hand' });
});

it('yanks after the end what a second start, which was refused, does not hide', async () => {
  const world = modelWorld();
  let started = false;
  const running = await service(
    {
      readTerms: async (input) =>
        started ? { problems: ['it is published already'] } : world.activities.readTerms(input),
    },
    world,
  );
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  started = true;
  expect(await running.start({ by: 'linus' })).toMatchObject({ state: 'refused' });
  await yanksLate(running);
});

it('hears a second yank after the end through the client, while the first one waits', async () => {
  let tries = 0;
  const stuck = { proven: false as const, toDo: ['Open the mail.'], evidence: [] };
  const running = await service({
    ensureYanked: async () =>
      ++tries < 3 ? stuck : { proven: true, driver: 'web', evidence: [{ what: 'yanked' }] },
    awaitYanked: async () => {
      throw notYet('not yanked', 60);
    },
  });
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  await outcome(running);
  const { package: name, version } = running.request;
  await startLate(running.client, 'yank', { package: name, version, by: 'grace', reason: 'found later' });
  const said: string[] = [];
  const output = {
    json: false,
    interactive: false,
    print: (text: string) => said.push(text),
    screen: () => ({ width: 80, colour: false, now: new Date() }),
  };
  for (let again = 1; again < 3; again++) {
    await running.until(({ yank }) => yank?.waiting === true && (yank.tries ?? 0) === again - 1);
    await say(running.client, running.request, 'yank', { by: 'linus', reason: 'now' }, output);
  }
  expect(said).toEqual(Array(2).fill('counted: the drivers try to yank it again'));
  const late: unknown = await running.client.workflow.getHandle(yankId(name, version)).result();
  expect(late).toMatchObject({ outcome: 'yanked' });
});

it('names who has yanked past the release, and why and when, where that was noted', async () => {
  const direct = {
    by: 'grace',
    reason: 'in a hurry',
    at: '2026-01-01T00:00:00.000Z',
    driver: 'web',
    provenAt: '2026-01-01T00:00:03.000Z',
  };
  const running = await service({
    ensureBranchRetired: async () => ({ yanked: true, direct }),
    ensureYanked: async () => ({
      proven: true,
      driver: 'somebody else',
      direct,
      evidence: [{ what: 'yanked' }],
    }),
  });
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  const { stop, yank } = await running.ledger();
  expect(stop).toMatchObject({ by: 'grace', reason: 'in a hurry' });
  expect(yank).toMatchObject({
    ...{ by: 'grace', reason: 'in a hurry', askedAt: direct.at, provenAt: direct.provenAt },
    driver: 'grace by `slipway yank --direct` (web)',
  });
});

it('leaves main alone where it holds a later release already', async () => {
  const newer = { version: '1.1.0', tag: 'v1.1.0', commit: 'a'.repeat(40) };
  const running = await service({ readLastStable: async () => ({ newer }) });
  await running.start({ watchSeconds: 600 });
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until((ledger) => ledger.watch !== undefined);
  await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'bad' });
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  expect(running.model.effects.at(-1)).toBe('yank');
});
