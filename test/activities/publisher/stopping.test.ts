import { expect, test } from 'vitest';

import { forges } from '../../../src/activities/forge/forges.js';
import type { Forge } from '../../../src/activities/forge/forge.js';
import { createStopActivities } from '../../../src/activities/publisher/stopping.js';
import { patience } from '../../setup/patience.js';
import { subject } from '../git-world.js';
import { makeTrustedWorld } from './trusted-world.js';

/** How long a forge and an index may take. */
const seconds = 3;
const like = (file: object): unknown => expect.objectContaining(file);

test('a run that waits for a person is told to end, and nothing uploads once it has', async () => {
  const world = await makeTrustedWorld({ reviewed: true });
  const { bench } = world.github.world;
  const uploaded = await world.ensureUploaded();
  if (!('errand' in uploaded)) throw new Error('nothing goes on elsewhere');
  const { errand } = uploaded;
  await expect
    .poll(() => world.awaitUploaded(errand).catch((error: unknown) => String(error)), patience)
    .toContain(`${errand.url} is waiting`);
  const { ensureUploadStopped } = createStopActivities(bench, forges(bench));
  const stop = () => ensureUploadStopped({ index: world.address, subject, seconds });
  expect(await stop()).toEqual({
    files: [],
    over: false,
    evidence: [{ what: `${errand.url} was told to upload nothing more` }],
  });
  world.runner.approve();
  await world.runner.idle();
  expect(await stop()).toEqual({ files: [], over: true, evidence: [] });
  expect(world.index.accessLog().filter((entry) => 'method' in entry && entry.method === 'POST')).toEqual([]);
  await expect(world.awaitUploaded(errand)).rejects.toMatchObject({ type: 'operator' });
});

test('what a run has brought is seen, and an index that cannot be read is not one that lists nothing', async () => {
  const world = await makeTrustedWorld();
  const { bench } = world.github.world;
  await world.ensureUploaded();
  await world.runner.idle();
  const { ensureUploadStopped } = createStopActivities(bench, forges(bench));
  const stop = () => ensureUploadStopped({ index: world.address, subject, seconds });
  const files = world.manifest.files.map(({ filename, sha256 }) => ({ filename, sha256, yanked: false }));
  expect(await stop()).toMatchObject({
    files: expect.arrayContaining(files.map(like)) as unknown,
    over: true,
  });
  world.index.misbehave({ method: 'GET', fault: { kind: 'delay', ms: 60_000 } });
  expect(await stop()).toEqual({
    over: true,
    evidence: [{ what: 'what the-index lists of it is not known: it took too long' }],
  });
});

test.each<[string, () => Promise<never>, string]>([
  ['cannot be reached', () => Promise.reject(new Error('it is down')), 'it is down'],
  ['does not answer', () => new Promise(() => undefined), 'it took too long'],
])('a forge that %s is not one where nothing goes on', async (_what, listRuns, why) => {
  const world = await makeTrustedWorld();
  const { bench } = world.github.world;
  const openForge = (repository: string): Forge => {
    const forge = forges(bench)(repository);
    if (forge.workflows === undefined) throw new Error('it has no workflows');
    return { ...forge, workflows: { ...forge.workflows, listRuns } };
  };
  const { ensureUploadStopped } = createStopActivities(bench, openForge);
  expect(await ensureUploadStopped({ index: world.address, subject, seconds })).toEqual({
    files: [],
    over: false,
    evidence: [{ what: `whether something still uploads is not known: ${why}` }],
  });
});
