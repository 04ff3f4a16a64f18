import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createNotifyActivities } from '../../src/activities/notify/ensure-told.js';
import { currentCancellation } from '../../src/activities/support/cancellation.js';
import { sendMessage } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import type { Notification } from '../../src/contract/notifications.js';
import { progress } from '../../src/contract/progress.js';
import type { Terms } from '../../src/contract/release.js';
import { startWebhook } from '../activities/notify/receivers.js';
import { makeBench } from '../activities/support/bench.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { modelWorld, type Activities } from './world.js';

/** A release where there are channels, and what was told by them. */
async function toldBy(
  overrides: Partial<Activities> = {},
  terms: Partial<Terms> = {},
): Promise<{ running: Running; told: Notification[]; heard: (key: string) => Promise<Notification> }> {
  const world = modelWorld();
  world.model.terms = { ...world.model.terms, notifies: true, ...terms };
  const told: Notification[] = [];
  const hear: Activities['ensureTold'] = async ({ notifications }) => {
    told.push(...notifications);
  };
  const running = await service({ ensureTold: hear, ...overrides }, world);
  const heard = async (key: string) => {
    const found = () => told.find((notification) => notification.key.startsWith(key));
    await running.until(() => found() !== undefined);
    const notification = found();
    if (notification === undefined) throw new Error(`nothing was told of ${key}`);
    return notification;
  };
  return { running, told, heard };
}

/** What was told of whom, without the moments. */
const short = ({ key, to }: Notification) => `${key.split('/')[0] ?? ''}: ${to.join(', ')}`;

async function toldInHistory({ client, request }: Running): Promise<number> {
  const { events } = await client.workflow
    .getHandle(releaseId(request.package, request.version))
    .fetchHistory();
  return (events ?? []).filter((event) => JSON.stringify(event).includes('ensureTold')).length;
}

describe('people', () => {
  it('are told of each question that waits for them, with what to type, and the thread how it ended', async () => {
    const { running, told } = await toldBy();
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    // ada has started it, and so cannot approve it.
    expect(told.map(short)).toEqual([
      'branch: grace, linus',
      'merge: grace, linus',
      'production: grace, linus',
      'end: ',
    ]);
    const { package: name } = running.request;
    expect(told[0]?.commands[0]).toMatch(
      new RegExp(`^slipway approve ${name} 1.0.0 --gate branch --digest [0-9a-f]{12}$`),
    );
    expect(told[0]?.says[0]).toContain('waits for grace, linus since');
    expect((await running.ledger()).untold).toBeUndefined();
  });

  it('are told nothing where there are no channels: not one event is spent', async () => {
    const running = await service({ ensureTold: () => Promise.reject(new Error('somebody was told')) });
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(await toldInHistory(running)).toBe(0);
  });

  it('are told one after the other where no answer may take long, the second why', async () => {
    const nobody = { armed: [], evidence: [], toDo: ['Log in.'] };
    const { running, told, heard } = await toldBy(
      { ensureReady: async () => ({ arming: nobody, plan: [] }) },
      { escalateSeconds: 1 },
    );
    await running.start();
    await approveAll(running, 'branch', 'merge');
    const { calls = [] } = (await running.until(waitsAt('on-watch'))).gates.at(-1) ?? {};
    expect(calls[0]?.who).toBe('ada');
    await running.until((ledger) => (ledger.gates.at(-1)?.calls ?? []).length === 3);
    const openedAt = (await running.ledger()).gates.at(-1)?.openedAt ?? '';
    await heard(`on-watch/${openedAt}/linus`);
    const asked = told.filter(({ key }) => key.startsWith('on-watch'));
    expect(asked.map(({ to }) => to)).toEqual([['ada'], ['grace'], ['linus']]);
    expect(asked[1]?.says.at(-1)).toMatch(/^ada was asked at .* and has not answered\.$/);
    await answer(running, 'on-watch', 'on-watch');
    await running.until(waitsAt('production'));
  });

  it('are told of a problem, and everybody of the yank when it is begun and when it is proven', async () => {
    const { running, told, heard } = await toldBy();
    await running.start({ watchSeconds: 600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'report', { by: 'eve', reason: 'import fails' });
    expect((await heard('report')).says).toContain('problem: eve: import fails');
    await sendMessage(running.client, running.request, 'report', { by: 'mallory', reason: 'another' });
    expect((await heard('report/')).to).toEqual(['ada']);
    await answer(running, 'report', 'yank');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    const ofYank = told.filter(({ key }) => key.startsWith('yank'));
    expect(ofYank.map(short)).toEqual(['yank: ada, grace, linus', 'yanked: ada, grace, linus']);
    expect(ofYank[0]?.says[0]).toContain('grace asked for it');
    expect(told.at(-1)).toMatchObject({ to: [], says: [saying('is yanked')] });
  });

  it('on watch are told what is about to end', async () => {
    const { running, heard } = await toldBy();
    await running.start({ watchSeconds: 30 * 60 + 3 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'on-watch', { by: 'linus' });
    expect(await heard('deadline/the watch')).toMatchObject({
      to: ['linus'],
      deadlines: [{ what: 'the watch', at: (await running.ledger()).watch?.until }],
    });
  });

  it('who can still approve a card are told before it expires, and who holds it before the hold ends', async () => {
    const { running, heard } = await toldBy({}, { quorum: 2, approveWithin: { branch: 30 } });
    await running.start();
    const { digest } = gateOf(await running.until(waitsAt('branch')), 'branch');
    const bound = { gate: 'branch', digest };
    await sendMessage(running.client, running.request, 'approve', { ...bound, by: 'grace' });
    const until = new Date(Date.now() + 8000).toISOString();
    const held = { ...bound, by: 'grace', reason: 'one more look', until };
    expect(await sendMessage(running.client, running.request, 'hold', held)).toMatchObject({ counted: true });
    expect(await heard('deadline/the hold')).toMatchObject({
      to: ['grace'],
      deadlines: [{ what: 'the hold of branch by grace', at: until }],
    });
    expect(await heard('deadline/the time')).toMatchObject({
      to: ['linus'],
      says: [saying('the time in which branch can be approved is about to end')],
    });
    await sendMessage(running.client, running.request, 'approve', { ...bound, by: 'linus' });
    await running.until(waitsAt('merge'));
  });

  it('are told once each, over a new run and over workers that were started again', async () => {
    const { running, told } = await toldBy({}, { historyEvents: 10 });
    await running.start();
    await answer(running, 'branch', 'reject');
    await running.until(waitsAt('fix'));
    running.model.head = 'e'.repeat(40);
    await answer(running, 'fix', 'fix');
    await running.until(waitsAt('branch'));
    await running.until((ledger) => ledger.told?.length === 3);
    await running.stopWorkers();
    await running.startWorkers();
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const keys = told.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(told.map(short).slice(0, 3)).toEqual([
      'branch: grace, linus',
      'fix: ada, grace, linus',
      'branch: grace, linus',
    ]);
  });
});

describe('the address of a channel', () => {
  it('is in no history and no record, also where the channel fails at first', async () => {
    const canary = 'canary-of-a-channel';
    const statuses = [503];
    const hook = await startWebhook(() => statuses.pop() ?? 200);
    const bench = await makeBench({
      secrets: { TEAM: `json://user:${canary}@${hook.host}/${canary}` },
      settings: { notify: { team: { secret: 'TEAM', thread: true } } },
    });
    onTestFinished(() => bench.close());
    const { running } = await toldBy(createNotifyActivities(bench));
    await running.start();
    await running.until(({ told }) => told?.length === 1);
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const { package: name, version } = running.request;
    expect(hook.received.map(({ title }) => title)).toEqual(Array(4).fill(`${name} ${version}`));
    const history = await running.client.workflow.getHandle(releaseId(name, version)).fetchHistory();
    const texts = [textOf(history), JSON.stringify(await running.record())];
    expect(texts[0]).toContain('could not be told: team:');
    expect(texts.filter((text) => text.includes(canary))).toHaveLength(0);
    expect(texts.filter((text) => text.includes(name))).toHaveLength(2);
  });
});

/** All that a history holds, with its payloads as they are read. */
function textOf(history: object): string {
  return JSON.stringify(history, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
  );
}

describe('a channel that is dead', () => {
  const undelivered = [{ channel: 'grace-mail', to: ['grace'], why: 'connection refused' }];
  const dead = (nonRetryable: boolean) =>
    ApplicationFailure.create({ type: 'untold', nonRetryable, message: 'untold', details: [undelivered] });

  it('is a line of the status, once, and the release goes on', async () => {
    const { running } = await toldBy({ ensureTold: () => Promise.reject(dead(true)) });
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const ledger = await running.ledger();
    expect(ledger.untold).toHaveLength(1);
    expect(progress(ledger, ledger.startedAt).untold).toEqual([
      expect.stringMatching(/^grace by grace-mail at .*: connection refused$/),
    ]);
  });

  it('is tried again with the same key, and what arrives then is no line', async () => {
    const tried: string[] = [];
    const { running } = await toldBy({
      ensureTold: async ({ notifications }) => {
        tried.push(...notifications.map(({ key }) => key));
        if (tried.length === 1) throw dead(false);
      },
    });
    await running.start();
    const ledger = await running.until(({ told }) => told?.length === 1);
    expect(tried).toEqual([tried[0], tried[0]]);
    expect(ledger.untold).toBeUndefined();
  });

  it('that hangs holds nothing up, and the end for no more than a moment', async () => {
    const hang = () =>
      new Promise<void>((_, reject) => {
        currentCancellation()?.addEventListener('abort', () => {
          reject(new Error('cancelled'));
        });
      });
    const { running } = await toldBy({ ensureTold: hang });
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    const closed = (await running.until(({ phase }) => phase === 'closed')).outcome;
    expect(closed).toMatchObject({ outcome: 'released' });
    const late = await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'wait' });
    expect(late).toMatchObject({ counted: false, why: 'the release has ended' });
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect((await running.ledger()).untold).toMatchObject([{ why: saying('ended before') }]);
    const record = await running.record();
    expect(record?.untold).toMatchObject([{ why: saying('ended before') }]);
    expect(record?.messages.at(-1)).toMatchObject({ kind: 'abort', counted: false });
  });
});
