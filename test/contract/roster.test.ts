import { describe, expect, test } from 'vitest';

import { deadlines } from '../../src/contract/deadlines.js';
import { callOrder, coveredUntil, gapsIn, onWatchAt, type Shift } from '../../src/contract/roster.js';
import { at, exampleLedger } from './example-release.js';

const hour = (hours: number) => new Date(Date.parse(at) + hours * 3_600_000).toISOString();
const shift = (by: string, from: number, until?: number): Shift => ({
  by,
  from: hour(from),
  ...(until === undefined ? {} : { until: hour(until) }),
});

describe('shifts', () => {
  const shifts = [shift('ada', 0, 4), shift('grace', 3, 8), shift('linus', 9, 10)];

  test('say who is on watch at a moment', () => {
    expect(onWatchAt(shifts, hour(3))).toEqual(['ada', 'grace']);
    expect(onWatchAt(shifts, hour(4))).toEqual(['grace']);
    expect(onWatchAt(shifts, hour(8))).toEqual([]);
  });

  test('that overlap or touch cover without a gap, and one without an end covers for good', () => {
    expect(coveredUntil(shifts, hour(0))).toBe(hour(8));
    expect(coveredUntil([...shifts, shift('grace', 8, 9)], hour(0))).toBe(hour(10));
    expect(coveredUntil([...shifts, shift('ada', 8)], hour(0))).toBeUndefined();
    expect(coveredUntil(shifts, hour(8))).toBe(hour(8));
  });

  test('leave gaps', () => {
    expect(gapsIn(shifts, hour(0), hour(12))).toEqual([
      { from: hour(8), until: hour(9) },
      { from: hour(10), until: hour(12) },
    ]);
    expect(gapsIn([shift('ada', 0)], hour(0), hour(12))).toEqual([]);
    expect(gapsIn([], hour(0), hour(12))).toEqual([{ from: hour(0), until: hour(12) }]);
  });

  test('put who is there first when people are asked, then who is planned, then everybody else once', () => {
    const plan = [shift('linus', 0, 12)];
    expect(callOrder({ shifts, plan, approvers: ['ada', 'grace', 'linus'] }, hour(5))).toEqual([
      'grace',
      'linus',
      'ada',
    ]);
  });
});

test('deadlines are what ends by itself, soonest first, and not what has ended', () => {
  const production = { name: 'index', upload: 'u', simple: 's', takesFilesFor: 14 * 86_400 };
  const manifest = { package: 'p', version: '1', commit: 'c', files: [], toolchain: 't' };
  const ledger = exampleLedger(
    {
      watch: { from: hour(0), until: hour(12) },
      shifts: [shift('ada', 0, 4)],
      readiness: { at, armed: [{ driver: 'web', until: hour(11) }], toDo: [], plan: [] },
      final: { commit: 'c', manifest, visibleAt: hour(-1) },
    },
    {
      production,
      expiries: [
        { secret: 'OLD', at: hour(-1) },
        { secret: 'NEW', at: hour(6) },
      ],
    },
  );
  expect(deadlines(ledger, hour(1))).toEqual([
    { what: 'the time for which somebody is on watch', at: hour(4) },
    { what: 'the life of the secret NEW', at: hour(6) },
    { what: 'the session in which web could yank', at: hour(11) },
    { what: 'the watch', at: hour(12) },
    { what: 'the time in which index takes further files of this version', at: hour(14 * 24 - 1) },
  ]);
});
