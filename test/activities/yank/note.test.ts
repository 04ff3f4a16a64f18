import { expect, test } from 'vitest';

import { folderStore } from '../../../src/activities/support/store.js';
import { directly, keepNote } from '../../../src/activities/yank/note.js';
import { temporaryFolder } from '../../rehearsal/index/tools.js';

const subject = { package: 'wh-demo', version: '1.0.0' };
const brokenOff = { by: 'grace', reason: 'it loses\ndata', at: '2026-08-21T10:00:00.000Z' };
const proven = { ...brokenOff, driver: 'web', provenAt: '2026-08-21T10:00:02.000Z' };

test.each<[string, typeof brokenOff, string | true | undefined, boolean]>([
  ['that was proven is credited', proven, 'it loses data', true],
  ['that was proven is credited whatever reason is shown', proven, true, true],
  ['that was proven is credited although no index can be read', proven, undefined, true],
  ['that was broken off is credited where the index gives its reason', brokenOff, 'it loses data', true],
  ['that was broken off is not credited with a yank for another reason', brokenOff, 'by hand', false],
  ['that was broken off is not credited with a yank without a reason', brokenOff, true, false],
  ['that was broken off is not credited while no index can be read', brokenOff, undefined, false],
])('a direct yank %s', async (_what, note, said, credited) => {
  const store = folderStore(await temporaryFolder());
  expect(await directly(store, subject, said)).toEqual({});
  await keepNote(store, subject, note);
  expect(await directly(store, subject, said)).toEqual(credited ? { direct: note } : {});
});
