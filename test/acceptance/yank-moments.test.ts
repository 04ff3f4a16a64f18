import { Context } from '@temporalio/activity';
import { describe, expect, it, onTestFinished } from 'vitest';

import { sendMessage, startLate } from '../../src/client/releases.js';
import { yankId } from '../../src/contract/handles.js';
import type { Ledger } from '../../src/contract/state.js';
import type { Fault } from '../../rehearsal/index/faults.js';
import type { Activities } from '../workflows/world.js';
import { patience } from '../setup/patience.js';
import { awaitEnd, bringTo, halfModelled, type HalfModelled } from './half-modelled.js';

const reason = 'it loses data';

const yank = (release: HalfModelled) =>
  sendMessage(release.client, release.request, 'yank', { by: 'grace', reason });

const isWatched = ({ watch }: Ledger) => watch !== undefined;
const runsStep = (number: string) => (ledger: Ledger) =>
  ledger.steps.some(({ id, state }) => id.startsWith(number) && state === 'running');

/** An installation from that index which does not end by itself. */
const hangingIn = (name: string): Partial<Activities> => ({
  checkInstallation: ({ origin }) =>
    'index' in origin && origin.index.name === name
      ? Context.current().cancelled
      : Promise.resolve({ passed: true, evidence: [] }),
});

/** However the yank came about: the index says so for every file that it has, and main is what it was. */
async function expectTakenBack(release: HalfModelled, files = 2): Promise<void> {
  expect(await awaitEnd(release)).toBe('yanked');
  expect(await release.yanked()).toEqual(Array.from({ length: files }, () => reason));
  expect(release.mainIsBack()).toBe(true);
}

/** Brings a release into its upload, with a fault that holds the second file up, until the first one is there. */
async function betweenFiles(fault: Fault): Promise<HalfModelled> {
  const release = await halfModelled();
  release.index.misbehave({ file: /\.tar\.gz$/, fault });
  await bringTo(release, ({ phase }) => phase === 'uploading');
  await expect.poll(() => release.shown(), patience).toHaveLength(1);
  return release;
}

describe('a yank', () => {
  it('before the upload abandons the release and puts main back', async () => {
    const release = await halfModelled();
    await bringTo(release, runsStep('09'));
    expect(await yank(release)).toMatchObject({ counted: true });
    expect(await awaitEnd(release)).toBe('abandoned');
    expect(await release.yanked()).toEqual([]);
    expect(release.mainIsBack()).toBe(true);
  });

  it('between two files keeps the second one back', async () => {
    const release = await betweenFiles({ kind: 'answer', status: 503 });
    await yank(release);
    await expectTakenBack(release, 1);
  });

  it('row 58: a yank while a file is on the wire cuts it off and yanks what is visible', async () => {
    const release = await betweenFiles({ kind: 'throttle', bytesPerSecond: 100 });
    await expect.poll(() => release.arriving(), patience).toBe(1);
    await yank(release);
    await expectTakenBack(release, 1);
    await expect.poll(() => release.arriving(), patience).toBe(0);
    expect(await release.shown()).toEqual([reason]);
  });

  it('row 58: a yank while the first file is on the wire cuts it off, and no other upload begins', async () => {
    const release = await halfModelled();
    release.index.misbehave({ file: /\.whl$/, fault: { kind: 'throttle', bytesPerSecond: 100 } });
    await bringTo(release, ({ phase }) => phase === 'uploading');
    await expect.poll(() => release.arriving(), patience).toBe(1);
    await yank(release);
    expect(await awaitEnd(release)).toBe('abandoned');
    await expect.poll(() => release.arriving(), patience).toBe(0);
    expect(await release.shown()).toEqual([]);
    const uploads = release.index.accessLog().filter((entry) => 'method' in entry && entry.method === 'POST');
    expect(uploads.filter((entry) => 'filename' in entry && entry.filename?.includes('-1.0.0'))).toHaveLength(
      1,
    );
    expect(release.mainIsBack()).toBe(true);
  });

  it('of an upload that had brought nothing yet yanks what it brings nevertheless', async () => {
    const release = await halfModelled();
    release.index.misbehave({ method: 'POST', fault: { kind: 'answer', status: 503 } });
    await bringTo(release, ({ phase }) => phase === 'uploading');
    await yank(release);
    await release.until(runsStep('12'));
    await release.uploadLate();
    expect(await release.shown()).toEqual([false]);
    await expectTakenBack(release, 1);
  });

  it('in step 10 does not wait for its tests', async () => {
    const release = await halfModelled(hangingIn('production'));
    await bringTo(release, runsStep('10'));
    await yank(release);
    await expectTakenBack(release);
  });

  it('in the watch ends it', async () => {
    const release = await halfModelled();
    await bringTo(release, isWatched);
    await yank(release);
    await expectTakenBack(release);
  });

  it('in the last second of the watch counts, or is sent to the release that has ended', async () => {
    const release = await halfModelled({}, { watchSeconds: 3 });
    const { watch } = await bringTo(release, isWatched);
    await new Promise((resolve) => setTimeout(resolve, Date.parse(watch?.until ?? '') - Date.now() - 500));
    await yank(release);
    await expectTakenBack(release);
  });

  it('after the end takes the record up again', async () => {
    const release = await halfModelled({}, { watchSeconds: 1 });
    await bringTo(release, ({ outcome }) => outcome?.record !== undefined);
    const { package: name, version } = release.request;
    await startLate(release.client, 'yank', { package: name, version, by: 'grace', reason });
    expect(await awaitEnd(release, yankId(name, version))).toBe('yanked');
    expect(await release.yanked()).toEqual([reason, reason]);
    expect(release.mainIsBack()).toBe(true);
  });

  it('with no worker alive is carried out by the next one', async () => {
    const release = await halfModelled();
    await bringTo(release, isWatched);
    await release.stopWorkers();
    expect(await yank(release)).toBeUndefined();
    await release.startWorkers();
    await expectTakenBack(release);
  });

  it('with every build slot busy does not wait for one', async () => {
    const busy = slot();
    const numbers = { intervalSeconds: 1, delaySeconds: 1, failures: 2, unmeasured: 6, reportOnly: false };
    const release = await halfModelled(
      { awaitTrialProbe: busy.take },
      { buildSlots: 1, probes: [{ ...numbers, name: 'install', work: { does: 'install' } }] },
    );
    await bringTo(release, isWatched);
    await busy.taken;
    await yank(release);
    await expect.poll(() => release.yanked(), patience).toEqual([reason, reason]);
    busy.free();
    await expectTakenBack(release);
  });

  it('with the index down for a while is carried out when it is back', async () => {
    const release = await halfModelled();
    await bringTo(release, isWatched);
    release.index.misbehave({ fault: { kind: 'answer', status: 503 } });
    await yank(release);
    await release.until(({ notice }) => notice !== undefined);
    release.index.behave();
    await expectTakenBack(release);
  });
});

/** The only slot of a worker, which an activity holds until it is freed. */
function slot() {
  let free: () => void = () => undefined;
  let begun: () => void = () => undefined;
  const freed = new Promise<void>((resolve) => (free = resolve));
  const taken = new Promise<void>((resolve) => (begun = resolve));
  onTestFinished(() => {
    free();
  });
  return {
    taken,
    free: () => {
      free();
    },
    take: async () => {
      begun();
      await freed;
      throw new Error('the slot is free');
    },
  };
}
