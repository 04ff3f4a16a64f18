import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import type { Arming } from '../../src/contract/yank-attempt.js';
import { failure, notYet } from '../../src/contract/failures.js';
import type { Ledger } from '../../src/contract/state.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { modelWorld, terms, type Activities } from './world.js';

const nothing: Arming = { armed: [], evidence: [], toDo: ['Mend the driver.'] };
const command: Arming = { armed: [{ driver: 'command' }], evidence: [{ what: 'it is there' }], toDo: [] };
const session: Arming = {
  armed: [{ driver: 'web', until: '2099-01-01T00:00:00.000Z' }],
  evidence: [],
  toDo: [],
};
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** A release that has its final files and goes on with what the test says of its readiness. */
async function readyToUpload(activities: Partial<Activities>, changes: Partial<typeof terms> = {}) {
  const world = modelWorld();
  world.model.terms = { ...terms, ...changes };
  const running = await service(activities, world);
  await running.start();
  await approveAll(running, 'branch', 'merge');
  return running;
}

const onWatch = (running: Running, by: string, until?: string) =>
  sendMessage(running.client, running.request, 'on-watch', { by, ...(until === undefined ? {} : { until }) });

const uploads = (running: Running) =>
  running.model.effects.filter((effect) => effect.includes('to production'));

const subjectAt = (ledger: Ledger, id: Parameters<typeof gateOf>[1]) =>
  gateOf(ledger, id).subject.map(({ label, value }) => `${label}: ${value}`);

describe('an upload that nothing could take back', () => {
  it('waits for somebody on watch, whose name stands on the card', async () => {
    const running = await readyToUpload({ ensureReady: async () => ({ arming: nothing, plan: [] }) });
    const asked = await running.until(waitsAt('on-watch'));
    expect(subjectAt(asked, 'on-watch')).toContain('to do: Mend the driver.');
    const until = soon(3600);
    expect(await onWatch(running, 'linus', until)).toMatchObject({ counted: true });
    const card = subjectAt(await running.until(waitsAt('production')), 'production');
    expect(card).toContain(`on watch: linus, until ${until}`);
    expect(uploads(running)).toEqual([]);
    await approveAll(running, 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });

  it('is not asked about where somebody has said so before', async () => {
    const running = await service({ ensureReady: async () => ({ arming: nothing, plan: [] }) });
    await running.start();
    await running.until(waitsAt('branch'));
    await onWatch(running, 'linus');
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect((await running.ledger()).gates.map(({ id }) => id)).toEqual(['branch', 'merge', 'production']);
  });

  it('goes on when a driver was mended and tried again', async () => {
    let tries = 0;
    const running = await readyToUpload({
      ensureReady: async () => ({ arming: tries++ === 0 ? nothing : command, plan: [] }),
    });
    await answer(running, 'on-watch', 'retry');
    const card = subjectAt(await running.until(waitsAt('production')), 'production');
    expect(card).toContain('ready to yank: command');
  });

  it('is asked about person by person: who is on the roster now first', async () => {
    const shift = { by: 'linus', from: soon(-60), until: soon(3600), local: 'now' };
    const running = await readyToUpload(
      { ensureReady: async () => ({ arming: nothing, plan: [shift] }) },
      { escalateSeconds: 1 },
    );
    const calls = (ledger: Ledger) => ledger.gates.find(({ id }) => id === 'on-watch')?.calls ?? [];
    const ledger = await running.until((now) => calls(now).length === 3);
    expect(calls(ledger).map(({ who }) => who)).toEqual(['linus', 'ada', 'grace']);
    expect(subjectAt(ledger, 'on-watch')).toContain('can be asked: linus, now');
    await onWatch(running, 'grace');
    await running.until(waitsAt('production'));
  });
});

describe('an upload outside of its hours', () => {
  it('waits for them', async () => {
    let opensAt: string | undefined = soon(3);
    const running = await readyToUpload({
      ensureReady: async () => ({
        arming: command,
        plan: [],
        ...(opensAt === undefined || opensAt < new Date().toISOString() ? {} : { opensAt }),
      }),
    });
    expect(subjectAt(await running.until(waitsAt('window')), 'window')).toEqual([`hours begin: ${opensAt}`]);
    await running.until(waitsAt('production'));
    expect(new Date().toISOString() >= opensAt).toBe(true);
    opensAt = undefined;
    await approveAll(running, 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });

  it('goes on at once where people say so', async () => {
    const running = await readyToUpload({
      ensureReady: async () => ({ arming: command, plan: [], opensAt: soon(3600) }),
    });
    await approveAll(running, 'window', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });

  it('goes on without these hours and no others', async () => {
    const hours = [soon(3600), soon(3600), soon(7200)];
    const [first, , last] = hours;
    const running = await readyToUpload({
      ensureReady: async () => ({ arming: nothing, plan: [], opensAt: hours.shift() ?? soon(9000) }),
    });
    const windows = ({ gates }: Ledger) =>
      gates.filter(({ id }) => id === 'window').map(({ subject }) => subject[0]?.value);
    hours[0] = first ?? '';
    await approveAll(running, 'window');
    await answer(running, 'on-watch', 'retry');
    expect(windows(await running.until(waitsAt('on-watch')))).toEqual([first]);
    await answer(running, 'on-watch', 'retry');
    expect(windows(await running.until(waitsAt('window')))).toEqual([first, last]);
  });

  it('can be given up while it waits', async () => {
    const running = await readyToUpload({
      ensureReady: async () => ({ arming: command, plan: [], opensAt: soon(3600) }),
    });
    await running.until(waitsAt('window'));
    await sendMessage(running.client, running.request, 'abort', { by: 'ada', reason: 'not tonight' });
    await answer(running, 'put-main-back', 'approve');
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  });
});

describe('a watch', () => {
  it('whose session is lost says so at once, and asks for somebody on watch', async () => {
    const lost: Arming = { armed: [], evidence: [{ what: 'the site asks for a code' }], toDo: ['Log in.'] };
    let kept = 0;
    const running = await readyToUpload(
      {
        ensureReady: async () => ({ arming: session, plan: [] }),
        awaitDisarmed: async () => {
          if (kept++ === 0) throw notYet('ready to yank: web', 1);
          return lost;
        },
      },
      { watchSeconds: 3600 },
    );
    await approveAll(running, 'production');
    const ledger = await running.until(waitsAt('on-watch'));
    expect(ledger.notice).toBe(
      'Nothing stands ready to yank without a person. the site asks for a code Log in.',
    );
    expect(await onWatch(running, 'linus')).toMatchObject({ counted: true });
    expect((await running.until((now) => !waitsAt('on-watch')(now))).watch).toBeDefined();
    await sendMessage(running.client, running.request, 'yank', { by: 'linus', reason: 'bad' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  });

  it('goes on where nobody can find out who could yank, and asks again', async () => {
    const lost: Arming = { armed: [], evidence: [], toDo: ['Log in.'] };
    let looks = 0;
    const running = await readyToUpload(
      {
        ensureReady: async () => {
          if (looks++ === 0) return { arming: session, plan: [] };
          throw failure('operator', {
            now: 'The settings are gone.',
            not: 'Nobody knows.',
            next: 'Mend it.',
          });
        },
        awaitDisarmed: async () => lost,
      },
      { watchSeconds: 3600 },
    );
    await approveAll(running, 'production');
    await answer(running, 'on-watch', 'retry');
    const { steps } = await running.until(
      (ledger) =>
        waitsAt('on-watch')(ledger) && ledger.gates.filter(({ id }) => id === 'on-watch').length === 2,
    );
    const watching = steps.find(({ id }) => id === '11-watch-release');
    expect(watching?.evidence).toContainEqual({ what: 'The settings are gone.' });
    await sendMessage(running.client, running.request, 'yank', { by: 'ada', reason: 'bad' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  });

  it('is handed over: who leaves is followed by who is asked', async () => {
    const running = await readyToUpload(
      { ensureReady: async () => ({ arming: nothing, plan: [] }) },
      { watchSeconds: 3600 },
    );
    await running.until(waitsAt('on-watch'));
    await onWatch(running, 'grace', soon(600));
    await approveAll(running, 'production');
    await running.until(({ watch }) => watch !== undefined);
    await onWatch(running, 'grace', soon(1));
    await running.until(waitsAt('on-watch'));
    await onWatch(running, 'linus');
    const off = await sendMessage(running.client, running.request, 'off-watch', { by: 'linus' });
    expect(off).toMatchObject({ counted: false, why: saying('nobody else is on watch') });
    await sendMessage(running.client, running.request, 'yank', { by: 'linus', reason: 'bad' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  });

  it('announces what ends half an hour before it does', async () => {
    const running = await readyToUpload(
      { ensureReady: async () => ({ arming: command, plan: [] }) },
      { watchSeconds: 30 * 60 + 3 },
    );
    await approveAll(running, 'production');
    const announced = ({ steps }: Ledger) =>
      steps
        .find(({ id }) => id === '11-watch-release')
        ?.evidence.find(({ what }) => what.startsWith('in 30'));
    const ledger = await running.until((now) => announced(now) !== undefined);
    expect(announced(ledger)?.what).toBe(`in 30 minutes, at ${ledger.watch?.until ?? ''}, the watch ends`);
    await sendMessage(running.client, running.request, 'yank', { by: 'ada', reason: 'bad' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  });
});
