import { expect, test } from 'vitest';

import { expectSurvived, room } from './state-folder/full.js';
import { whyNoMounts, workerOnOwnDisk } from './state-folder/releasing.js';

/** By how much each disk is larger than the one before, in KiB: four of the pages that such a file system is made of. */
const step = 16;

/** At how many sizes in a row nothing may fail any more before all are taken for seen. */
const enough = 5;

test('row 62: a disk that is full in the middle of any write asks people, and the release goes on with room', async (context) => {
  const why = whyNoMounts();
  context.skip(why !== undefined, why);
  const release = await workerOnOwnDisk();
  const whole = await release({ options: room, empty: true });
  const fullAt = new Map<string, number>();
  for (let size = step; (fullAt.get('none') ?? 0) < enough; size += step) {
    const at = await expectSurvived(release, whole, size);
    fullAt.set(at, (fullAt.get(at) ?? 0) + 1);
  }
  process.stdout.write(`full at: ${JSON.stringify(Object.fromEntries(fullAt))}\n`);
  expect([...fullAt.keys()].sort()).toEqual([
    'ensureVersionCommit',
    'keepRecord',
    'none',
    'readBranch',
    'runTool',
  ]);
});
