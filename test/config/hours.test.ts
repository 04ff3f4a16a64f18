import { describe, expect, test } from 'vitest';

import { hoursInWords, inZone, isZone, stretches, weekdays, type Hours } from '../../src/config/hours.js';

const berlin: Hours = { zone: 'Europe/Berlin', hours: '09:00-15:00', days: ['mon', 'tue', 'wed', 'thu'] };

function between(hours: Hours, from: string, until: string): string[] {
  return stretches(hours, new Date(from), new Date(until)).map((each) => `${each.from} ${each.until}`);
}

describe('hours of a week', () => {
  test('are told with their days, of which all are every day', () => {
    expect(hoursInWords(berlin)).toBe('mon, tue, wed, thu 09:00-15:00 Europe/Berlin');
    expect(hoursInWords({ ...berlin, days: weekdays })).toBe('every day 09:00-15:00 Europe/Berlin');
  });

  test('are read on the clocks of their zone, and only on their days', () => {
    // From a Thursday to the Tuesday after it.
    expect(between(berlin, '2026-08-20T12:00:00Z', '2026-08-25T00:00:00Z')).toEqual([
      '2026-08-20T07:00:00.000Z 2026-08-20T13:00:00.000Z',
      '2026-08-24T07:00:00.000Z 2026-08-24T13:00:00.000Z',
    ]);
  });

  test('stay where they are on the wall when summer time ends or begins', () => {
    const daily = { ...berlin, days: weekdays };
    expect(between(daily, '2026-10-24T00:00:00Z', '2026-10-25T20:00:00Z')).toEqual([
      '2026-10-24T07:00:00.000Z 2026-10-24T13:00:00.000Z',
      '2026-10-25T08:00:00.000Z 2026-10-25T14:00:00.000Z',
    ]);
    expect(between(daily, '2026-03-28T00:00:00Z', '2026-03-29T20:00:00Z')).toEqual([
      '2026-03-28T08:00:00.000Z 2026-03-28T14:00:00.000Z',
      '2026-03-29T07:00:00.000Z 2026-03-29T13:00:00.000Z',
    ]);
  });

  test('that end before they begin go on into the next day, and those of the day before count', () => {
    const night = { zone: 'UTC', hours: '22:00-06:00', days: ['sun'] as const };
    expect(between(night, '2026-08-24T05:00:00Z', '2026-08-24T23:00:00Z')).toEqual([
      '2026-08-23T22:00:00.000Z 2026-08-24T06:00:00.000Z',
    ]);
    expect(between(night, '2026-08-24T06:00:00Z', '2026-08-24T23:00:00Z')).toEqual([]);
  });

  test('of a whole day last from midnight to midnight', () => {
    const whole = { zone: 'Asia/Kolkata', hours: '00:00-24:00', days: ['mon'] as const };
    expect(between(whole, '2026-08-24T00:00:00Z', '2026-08-24T01:00:00Z')).toEqual([
      '2026-08-23T18:30:00.000Z 2026-08-24T18:30:00.000Z',
    ]);
  });

  test('are told as people there read them', () => {
    const stretch = { from: '2026-08-24T06:00:00.000Z', until: '2026-08-24T14:00:00.000Z' };
    expect(inZone(stretch, 'Europe/Berlin')).toBe('Mon 24 Aug 08:00–16:00 Europe/Berlin');
    expect(inZone(stretch, 'Pacific/Auckland')).toBe('Mon 24 Aug 18:00–Tue 02:00 Pacific/Auckland');
  });
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['local', false],
  ['CET+1', false],
])('the zone %s is one: %s', (name, known) => {
  expect(isZone(name)).toBe(known);
});
