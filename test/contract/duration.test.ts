import { describe, expect, test } from 'vitest';

import { formatDuration, parseDuration } from '../../src/contract/duration.js';

describe('a duration', () => {
  test.each([
    ['90s', 90],
    ['10m', 600],
    ['12h', 43_200],
    ['2d', 172_800],
    ['0s', 0],
    ['366d', 31_622_400],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(['', '12', 'h', '1.5h', '-1h', '12 h', '12H', '1h30m', '1w', '٣h'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each(['367d', '999999999999999999999d', `${'9'.repeat(400)}s`])(
    'of %s has no end that could be written down, and is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test.each([
    [0, '0s'],
    [1, '1s'],
    [60, '1m'],
    [90, '90s'],
    [5400, '90m'],
    [43_200, '12h'],
    [86_400, '1d'],
    [90_000, '25h'],
  ])('of %d seconds is said as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('is said exactly: read again it is as long', () => {
    const durations = [1, 59, 60, 61, 3599, 3600, 7201, 86_400, 86_401, 31_622_400];
    expect(durations.map((seconds) => parseDuration(formatDuration(seconds)))).toEqual(durations);
  });
});
