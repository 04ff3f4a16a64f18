import { expect, it } from 'vitest';

import { failure } from '../../src/contract/failures.js';
import { modelWorld, type Activities } from './world.js';
import { answer, approveAll, outcome, service, waitsAt } from './playing.js';

const errand = { id: '7', url: 'https://example.org/runs/7' };

/** A world whose production index is uploaded to elsewhere; the first runs fail. */
function elsewhere(failures: number) {
  const world = modelWorld();
  const asked: string[] = [];
  let ended = false;
  const overrides: Partial<Activities> = {
    ensurePublished: async (input) => {
      if (input.index.name !== 'production' || ended) return world.activities.ensurePublished(input);
      asked.push(`${input.repository} ${input.base} ${input.tag}`);
      return { errand };
    },
    awaitUploaded: async (input) => {
      if (asked.length <= failures)
        throw failure('operator', {
          now: 'The run failed.',
          not: 'Nothing is there.',
          next: 'Send `retry`.',
        });
      ended = true;
      return world.activities.awaitUploaded(input);
    },
  };
  return { world, overrides, asked };
}

it('an upload that goes on elsewhere is waited for, then the index is read as after any other', async () => {
  const { world, overrides, asked } = elsewhere(0);
  const running = await service(overrides, world);
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  const ledger = await running.ledger();
  expect(ledger.notice).toBeUndefined();
  expect(ledger.steps.find(({ id }) => id === '09-publish-to-production')?.evidence).toEqual(
    expect.arrayContaining([{ what: `${errand.url} ended well` }, { what: 'published on production' }]),
  );
  expect(asked).toEqual([`${world.model.terms.repository} main v1.0.0`]);
});

it('that fails there asks people, and after a retry it is asked for again', async () => {
  const { world, overrides, asked } = elsewhere(1);
  const running = await service(overrides, world);
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until(waitsAt('trouble'));
  await answer(running, 'trouble', 'retry');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect(asked).toHaveLength(2);
});

it('row 68: a candidate of which a file is lost before it was sent is built again, and what was built then is tested', async () => {
  const world = modelWorld();
  const anew: unknown[] = [];
  const published: string[] = [];
  const running = await service(
    {
      buildArtifacts: async (input) => {
        const built = await world.activities.buildArtifacts(input);
        if (input.anew !== true || !built.passed) return built;
        anew.push(input.version);
        return { ...built, manifest: { ...built.manifest, toolchain: 'anew' } };
      },
      ensurePublished: async (input) => {
        if (input.manifest.toolchain !== 'anew' && input.index.name === 'test') return { lost: ['a.whl'] };
        published.push(`${input.manifest.toolchain} to ${input.index.name}`);
        return world.activities.ensurePublished(input);
      },
    },
    world,
  );
  await running.start();
  await approveAll(running, 'branch', 'merge');
  await running.until(waitsAt('production'));
  const { candidates } = await running.ledger();
  expect(anew).toEqual(['1.0.0.dev0']);
  expect(published).toEqual(['anew to test']);
  expect(candidates.map(({ manifest }) => manifest?.toolchain)).toEqual(['anew']);
});
