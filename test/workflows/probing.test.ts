import { describe, expect, it } from 'vitest';

import { currentCancellation } from '../../src/activities/support/cancellation.js';
import { sendMessage } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import type { Measured, Probe } from '../../src/contract/probes.js';
import { finding } from '../../src/contract/verdict.js';
import { modelWorld, type Model } from './world.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';

const index: Probe = {
  name: 'index',
  work: { does: 'index' },
  intervalSeconds: 1,
  delaySeconds: 1,
  failures: 2,
  unmeasured: 2,
  reportOnly: false,
};

const failing: Measured = { kind: 'failed', findings: [finding('a file is missing')] };
const down: Measured = { kind: 'unmeasured', why: 'the index is down' };
const good: Measured = { kind: 'passed', evidence: { what: 'as published' } };

/** A release in its watch, with these probes; `measure` is what they see. */
async function watching(
  probes: readonly Probe[],
  watchSeconds: number,
  measure?: Model['measure'],
): Promise<Running> {
  const world = modelWorld();
  world.model.terms = { ...world.model.terms, probes };
  if (measure !== undefined) world.model.measure = measure;
  const running = await service({}, world);
  await running.start({ watchSeconds });
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until((ledger) => ledger.watch !== undefined);
  return running;
}

/** What step 11 has to show in the end. */
async function shown(running: Running): Promise<string[]> {
  const ledger = await running.ledger();
  return ledger.steps[10]?.evidence.map(({ what }) => what) ?? [];
}

async function eventsOf(running: Running, type: string): Promise<number> {
  const { package: name, version } = running.request;
  const { events } = await running.client.workflow.getHandle(releaseId(name, version)).fetchHistory();
  return (events ?? []).filter((event) => JSON.stringify(event).includes(type)).length;
}

describe('a probe of the issues', () => {
  it('makes a report of each issue, asks once, and goes on for the next one', async () => {
    const issues: Probe = { ...index, name: 'issues', work: { does: 'issues' }, failures: 1 };
    const found = ['https://forge/1 by ann names 1.0.0: "a"', 'https://forge/2 by bob names 1.0.0: "b"'];
    const running = await watching([issues], 5, async () => ({
      kind: 'failed',
      findings: found.map((title) => finding(title)),
    }));
    const ledger = await running.until(waitsAt('report'));
    expect(ledger.reports.map(({ by, reason }) => `${by}: ${reason}`)).toEqual(
      found.map((title) => `probe issues: ${title}`),
    );
    expect(gateOf(ledger, 'report').subject.slice(0, 2)).toEqual(
      found.map((title) => ({ label: 'problem', value: `probe issues: ${title}` })),
    );
    await answer(running, 'report', 'keep');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect((await running.ledger()).gates.filter(({ id }) => id === 'report')).toHaveLength(1);
  });
});

describe('a probe', () => {
  it('that finds nothing costs one activity for the whole watch, and tells how often it ran', async () => {
    const measured = { index: 0, install: 0 };
    const install: Probe = { ...index, name: 'install', work: { does: 'install' }, intervalSeconds: 2 };
    const running = await watching([index, install], 5, async ({ work }) => {
      measured[work.does === 'index' ? 'index' : 'install'] += 1;
      return good;
    });
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(measured.index).toBeGreaterThanOrEqual(3);
    expect(measured.install).toBeGreaterThanOrEqual(2);
    expect(await shown(running)).toEqual(
      expect.arrayContaining([
        'probes: index every 1s, install every 2s',
        saying(`probe index ran ${String(measured.index)} times, last at`),
        saying(`probe install ran ${String(measured.install)} times, last at`),
      ]),
    );
    expect(await eventsOf(running, '"awaitIndexProbe"')).toBe(1);
    expect(await eventsOf(running, '"awaitTrialProbe"')).toBe(1);
  });

  it('that would first run after the end of the watch costs nothing', async () => {
    const running = await watching([{ ...index, delaySeconds: 60 }], 1);
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(await eventsOf(running, '"awaitIndexProbe"')).toBe(0);
    expect(await shown(running)).toContain('probe index: first due after the end of the watch');
  });

  it('that fails twice in a row is a report, which people keep, and is not asked about again', async () => {
    let measured = 0;
    const running = await watching([index], 6, async () => {
      measured += 1;
      return failing;
    });
    const ledger = await running.until(waitsAt('report'));
    expect(measured).toBe(2);
    expect(ledger.reports).toMatchObject([{ by: 'probe index', reason: 'a file is missing' }]);
    await answer(running, 'report', 'keep');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(measured).toBeGreaterThan(3);
    const end = await running.ledger();
    expect(end.reports).toHaveLength(1);
    expect(end.gates.filter(({ id }) => id === 'report')).toHaveLength(1);
    expect(await shown(running)).toContainEqual(saying(`and failed ${String(measured)} times`));
  });

  it('that fails is answered by a yank, which ends it at once', async () => {
    const running = await watching([index], 3600, async () => failing);
    await running.until(waitsAt('report'));
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'a file is gone' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
  });

  it('that only reports asks nobody', async () => {
    const running = await watching([{ ...index, reportOnly: true }], 4, async () => failing);
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect((await running.ledger()).reports).toEqual([]);
    expect(await shown(running)).toContainEqual(saying('a file is missing'));
  });

  it('that sees a yank takes the release back at once', async () => {
    const running = await watching([index], 3600);
    for (const file of running.model.index) file.yanked = 'by hand';
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect((await running.ledger()).stop).toMatchObject({ by: 'somebody on the index', reason: 'by hand' });
    expect(running.model.effects.at(-1)).toBe('revert on main');
  });

  it('that runs at the end of the watch is cut off, and tells what it had counted', async () => {
    let measured = 0;
    const running = await watching([index], 4, async () => {
      measured += 1;
      if (measured === 1) return good;
      return new Promise((_, reject) => {
        currentCancellation()?.addEventListener('abort', () => {
          reject(new Error('cut off'));
        });
      });
    });
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(measured).toBe(2);
    expect(await shown(running)).toContainEqual(saying('probe index ran once, last at'));
  }, 60_000);

  it('that a yank ends between two runs says that it was broken off, beside what it had counted by its last news', async () => {
    const running = await watching([{ ...index, intervalSeconds: 600 }], 3600, async () => good);
    const { package: name, version } = running.request;
    const handle = running.client.workflow.getHandle(releaseId(name, version));
    // The engine waits for the next run: no worker is there whom it could ask for the counters.
    await expect
      .poll(async () => (await handle.describe()).raw.pendingActivities?.[0]?.lastFailure?.message, {
        timeout: 30_000,
      })
      .toContain('probe index: as published');
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'data loss' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect((await running.ledger()).probes).toMatchObject([
      { name: 'index', brokenOff: true, tally: { runs: 0, failed: 0 } },
    ]);
  });
});

describe('a probe that cannot measure', () => {
  it('asks, and measures again after a retry', async () => {
    let seen: Measured = down;
    const running = await watching([index], 6, async () => seen);
    const ledger = await running.until(waitsAt('probe'));
    expect(ledger.gates.at(-1)?.subject).toContainEqual({
      label: 'probe index',
      value: 'could not be measured: the index is down',
    });
    seen = good;
    await answer(running, 'probe', 'retry');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(await shown(running)).toContainEqual(saying('as published'));
  });

  it('is measured again even where the retry comes after the end of the window', async () => {
    let seen: Measured = down;
    const running = await watching([{ ...index, unmeasured: 1 }], 3, async () => seen);
    const { watch } = await running.until(waitsAt('probe'));
    const remaining = Date.parse(watch?.until ?? '') + 500 - Date.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, remaining)));
    seen = good;
    await answer(running, 'probe', 'retry');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(await shown(running)).toContainEqual(saying('probe index ran 2 times'));
  });

  it('is gone on without after a keep', async () => {
    let measured = 0;
    const running = await watching([index], 5, async () => {
      measured += 1;
      return down;
    });
    await answer(running, 'probe', 'keep');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(measured).toBe(2);
    expect(await shown(running)).toContainEqual(saying('grace went on without it'));
  });
});
