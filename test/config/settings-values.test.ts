import { expect, test } from 'vitest';

import { readLines, readLinesIn } from './settings-lines.js';

test('folders follow the XDG variables', async () => {
  const settings = await readLinesIn({ XDG_STATE_HOME: '/x/state', XDG_CACHE_HOME: '/x/cache' });
  expect([settings.state, settings.cache]).toEqual(['/x/state/slipway', '/x/cache/slipway']);
});

test.each([
  ['"12h"', 43200],
  ['"10m"', 600],
  ['"2d"', 172800],
  ['45', 45],
])('the duration %s is read as %i seconds', async (written, expected) => {
  expect((await readLines(`watch = ${written}`)).watchSeconds).toBe(expected);
});

test('settings are frozen in their depth', async () => {
  const settings = await readLines();
  expect(() => (settings.approvers as string[]).push('eve')).toThrow(TypeError);
  expect(() => Object.assign(settings.test, { token: 'OTHER' })).toThrow(TypeError);
});

test('a run is at least as long as the watch of a release that goes on in a new one', async () => {
  expect((await readLines('history-events = 200')).historyEvents).toBe(200);
  await expect(readLines('history-events = 199')).rejects.toThrow(
    'history-events: give a run room for at least 200 events',
  );
});
