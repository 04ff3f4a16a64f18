import { expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { notYet } from '../../src/contract/failures.js';
import { approveAll, outcome, service, waitsAt } from './playing.js';
import { modelWorld } from './world.js';

it('a yank in the middle of an upload does not wait for an index that cannot be read, and ends when that turns out to hold nothing', async () => {
  const looks = [undefined, false, false, false];
  const tried = { times: 0 };
  const { activities } = modelWorld();
  const running = await service({
    ensurePublished: async (input) =>
      input.index.name === 'production'
        ? { errand: { id: '1', url: 'run 1' } }
        : activities.ensurePublished(input),
    awaitUploaded: async () => {
      throw notYet('run 1 is under way', 1);
    },
    ensureUploadStopped: async () => {
      const listed = looks.shift();
      return { over: true, evidence: [], ...(listed === undefined ? {} : { listed }) };
    },
    ensureYanked: async () => {
      tried.times++;
      return { proven: false, toDo: ['Yank it on its page.'], evidence: [] };
    },
    awaitYanked: async () => {
      throw notYet('the index cannot be read', 1);
    },
  });
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until(({ phase }) => phase === 'uploading');
  await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'bad' });
  await running.until(({ notice }) => notice === 'Yank it on its page.');
  await running.until(waitsAt('put-main-back'));
  const { yank, notice } = await running.ledger();
  expect({ yank, notice, looks, tried }).toEqual({ looks: [], tried: { times: 1 } });
  await approveAll(running, 'put-main-back');
  expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
});
