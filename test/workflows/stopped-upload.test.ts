import { sleep } from '@temporalio/workflow';
import { beforeEach, expect, it, vi } from 'vitest';

import type { StoppedUpload } from '../../src/contract/activities.js';
import type { FinalVersion, YankRecord } from '../../src/contract/state.js';
import { urgent } from '../../src/workflows/activities.js';
import type { Desk } from '../../src/workflows/desk.js';
import { nothingIsUploaded, whileUploadEnds } from '../../src/workflows/stopped-upload.js';

vi.mock('@temporalio/workflow', () => ({ sleep: vi.fn() }));
vi.mock('../../src/workflows/activities.js', () => ({ urgent: { ensureUploadStopped: vi.fn() } }));

const nothing: StoppedUpload = { listed: false, over: true, evidence: [] };
const something: StoppedUpload = { listed: true, over: true, evidence: [] };
const unread: StoppedUpload = { over: true, evidence: [] };
const goesOn = { over: false, evidence: [{ what: 'run 1 was told to upload nothing more' }] };

let yank: YankRecord;
let said: string[];

beforeEach(() => {
  vi.resetAllMocks();
  yank = { by: 'grace', reason: 'bad', askedAt: '2026-01-01T00:00:00.000Z' };
  said = [];
});

function desk(final: Partial<FinalVersion> = {}): Desk {
  return {
    ledger: { final },
    terms: { production: { name: 'the-index' } },
    subject: { package: 'demo', version: '1.0.0' },
    noteNew: (...evidence: { what: string }[]) => said.push(...evidence.map(({ what }) => what)),
  } as unknown as Desk;
}

/** What the index shows at one look after the other. */
function shows(...looks: StoppedUpload[]): void {
  const look = vi.mocked(urgent.ensureUploadStopped);
  for (const each of looks) look.mockResolvedValueOnce(each);
  look.mockRejectedValue(new Error('there was one look too many'));
}

/** The seconds between the looks. */
const pauses = () => vi.mocked(sleep).mock.calls.map(([milliseconds]) => Number(milliseconds) / 1000);

it.each<[string, StoppedUpload[], boolean, number[]]>([
  ['nothing that ended at once is looked at three times', [nothing, nothing, nothing], true, [10, 20]],
  [
    'nothing is nothing only once its run has ended',
    [...Array<StoppedUpload>(4).fill({ ...goesOn, listed: false }), nothing],
    true,
    [10, 20, 40, 80],
  ],
  [
    'a run that is never known to end is not waited for longer than 43 minutes',
    Array<StoppedUpload>(9).fill({ ...goesOn, listed: false }),
    true,
    [10, 20, 40, 80, 160, 320, 640, 1280],
  ],
  ['what is there at once is something', [something], false, []],
  ['what comes later is something', [nothing, { ...goesOn, listed: true }], false, [10]],
  ['an index that cannot be read keeps no yank back', [nothing, unread], false, [10]],
])('of a stopped upload %s', async (_what, looks, isNothing, seconds) => {
  shows(...looks);
  expect(await nothingIsUploaded(desk(), yank)).toBe(isNothing);
  expect(pauses()).toEqual(seconds);
  expect(urgent.ensureUploadStopped).toHaveBeenCalledTimes(looks.length);
  expect(said).toEqual(looks.flatMap(({ evidence }) => evidence.map(({ what }) => what)));
});

it('what was seen once is not taken for nothing again, whatever a stale index says', async () => {
  shows(something);
  expect(await nothingIsUploaded(desk(), yank)).toBe(false);
  expect(await nothingIsUploaded(desk(), yank)).toBe(false);
  expect(await nothingIsUploaded(desk({ visibleAt: '2026-01-01T00:00:00.000Z' }), yank)).toBe(false);
});

it.each<[string, StoppedUpload[], number[]]>([
  ['that has ended may show a file for 30 seconds', [something, something], [10, 20]],
  ['may show one until its run has ended', [something, { ...goesOn, listed: true }, something], [10, 20, 40]],
])('a stopped upload %s: it is yanked after each look', async (_what, looks, seconds) => {
  shows(...looks);
  const act = vi.fn(() => Promise.resolve(true));
  await whileUploadEnds(desk(), yank, act);
  expect(pauses()).toEqual(seconds);
  expect(act).toHaveBeenCalledTimes(looks.length);
});

it('late files are not looked for once nobody wants them yanked, nor after an upload that was whole', async () => {
  shows(something);
  await whileUploadEnds(desk(), yank, () => Promise.resolve(false));
  await whileUploadEnds(desk({ visibleAt: '2026-01-01T00:00:00.000Z' }), yank, () => Promise.resolve(true));
  expect(pauses()).toEqual([10]);
});
