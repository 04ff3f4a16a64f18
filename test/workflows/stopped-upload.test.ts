import { sleep } from '@temporalio/workflow';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { IndexedFile, StoppedUpload } from '../../src/contract/activities.js';
import type { FinalVersion, YankRecord } from '../../src/contract/state.js';
import { urgent } from '../../src/workflows/activities.js';
import type { Desk } from '../../src/workflows/desk.js';
import { wasSeen } from '../../src/contract/yanking.js';
import { followUpload, isListed } from '../../src/workflows/stopped-upload.js';

vi.mock('@temporalio/workflow', () => ({
  sleep: vi.fn(),
  isCancellation: () => false,
  CancellationScope: class {
    run = <T>(body: () => T): T => body();
  },
}));
vi.mock('../../src/workflows/activities.js', () => ({ urgent: { ensureUploadStopped: vi.fn() } }));

const file = (yanked: IndexedFile['yanked']): IndexedFile => ({ filename: 'a.whl', sha256: 'a', yanked });
const nothing: StoppedUpload = { files: [], over: true, evidence: [] };
const served: StoppedUpload = { files: [file('bad'), file(false)], over: true, evidence: [] };
const yanked: StoppedUpload = { files: [file('bad')], over: true, evidence: [] };
const unread: StoppedUpload = { over: true, evidence: [{ what: 'the index is down' }] };
const goesOn: StoppedUpload = { files: [], over: false, evidence: [{ what: 'run 1 was told to stop' }] };

let yank: YankRecord;
let said: string[];

beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.mocked(sleep).mockImplementation((milliseconds) => {
    vi.setSystemTime(Date.now() + Number(milliseconds));
    return Promise.resolve();
  });
  yank = { by: 'grace', reason: 'bad', askedAt: '2026-01-01T00:00:00.000Z' };
  said = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function desk(final: Partial<FinalVersion> = {}): Desk {
  return {
    ledger: { final, yank },
    terms: { production: { name: 'the-index' }, lateFilesSeconds: 900 },
    subject: { package: 'demo', version: '1.0.0' },
    noteNew: (...evidence: { what: string }[]) => said.push(...evidence.map(({ what }) => what)),
    insist: <T>(body: () => T): T => body(),
  } as unknown as Desk;
}

/** What the index shows at one look after the other, the last of them again and again. */
function shows(...looks: StoppedUpload[]): void {
  const look = vi.mocked(urgent.ensureUploadStopped);
  for (const each of looks) look.mockResolvedValueOnce(each);
  look.mockResolvedValue(looks.at(-1) ?? nothing);
}

/** The seconds between the looks. */
const pauses = () => vi.mocked(sleep).mock.calls.map(([milliseconds]) => Number(milliseconds) / 1000);

/** Follows an upload to its end; returns whether files were seen that are served. */
async function followed(): Promise<boolean> {
  const following = followUpload(desk(), yank);
  for (let turn = 0; turn < 1000 && !following.isOver(); turn++) await Promise.resolve();
  expect(following.isOver()).toBe(true);
  return following.isServed();
}

const whole = { visibleAt: '2026-01-01T00:00:00.000Z' };

it.each<[string, StoppedUpload, boolean | undefined]>([
  ['that has brought nothing', nothing, false],
  ['whose run still goes on', goesOn, false],
  ['that has brought files', served, true],
  ['that cannot be looked at', unread, undefined],
])('an upload %s', async (_what, look, listed) => {
  shows(look);
  expect(await isListed(desk(), yank)).toBe(listed);
  expect(said).toEqual(look.evidence.map(({ what }) => what));
});

it('what was seen once is not taken for nothing again, whatever a stale index says', async () => {
  shows(served, nothing);
  expect(await isListed(desk(), yank)).toBe(true);
  expect(await isListed(desk(), yank)).toBe(true);
  yank = { ...yank, provenAt: '2026-01-01T00:00:01.000Z' };
  delete yank.listed;
  expect(wasSeen(desk().ledger)).toBe(true);
  delete yank.provenAt;
  expect(wasSeen(desk().ledger)).toBe(false);
  expect(wasSeen(desk(whole).ledger)).toBe(true);
});

it('the first look of a yank lets nothing wait for long, later ones are patient', async () => {
  shows(nothing);
  await isListed(desk(), yank, true);
  await isListed(desk(), yank);
  const seconds = vi.mocked(urgent.ensureUploadStopped).mock.calls.map(([input]) => input.seconds);
  expect(seconds).toEqual([3, 20]);
});

it('an upload that has ended is looked at for a quarter of an hour', async () => {
  shows(nothing);
  expect(await followed()).toBe(false);
  expect(pauses()).toEqual([10, 20, 40, 80, 120, 120, 120, 120, 120, 120, 30]);
});

it.each<[string, StoppedUpload]>([
  ['of which a run goes on', goesOn],
  ['while the index cannot be read', unread],
])('an upload %s is looked at for as long after that, and not for ever', async (_what, look) => {
  shows(look, look, nothing);
  await followed();
  expect(pauses().reduce((sum, each) => sum + each)).toBe(10 + 20 + 900);
  vi.mocked(sleep).mockClear();
  shows(look);
  await followed();
  const seconds = pauses().reduce((sum, each) => sum + each);
  expect(seconds).toBeGreaterThanOrEqual(3 * 900);
  expect(seconds).toBeLessThan(3 * 900 + 120);
});

it('files that come late are told, those that are yanked are not', async () => {
  shows(yanked);
  expect(await followed()).toBe(false);
  shows(yanked, served, yanked);
  expect(await followed()).toBe(true);
});

it('an upload that was whole is not looked at', async () => {
  const following = followUpload(desk(whole), yank);
  expect(following.isOver()).toBe(true);
  expect(await isListed(desk(whole), yank)).toBe(true);
  expect(urgent.ensureUploadStopped).not.toHaveBeenCalled();
});
