import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';

import type { Origin } from '../../src/contract/activities.js';
import { failure } from '../../src/contract/failures.js';
import { modelWorld, type Activities } from './world.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt } from './playing.js';

const taken = failure('index', {
  now: 'test does not list it.',
  not: 'The name is not ours.',
  next: 'Send `retry`.',
});

/** A world whose test index fails as often as this, and what was installed from where. */
function without(times: number, error: Error = taken) {
  const world = modelWorld();
  const origins: Origin[] = [];
  let failed = 0;
  const overrides: Partial<Activities> = {
    ensurePublished: async (input) => {
      if (input.index.name === 'test' && failed++ < times) throw error;
      return world.activities.ensurePublished(input);
    },
    checkInstallation: async ({ origin }) => {
      origins.push(origin);
      return { passed: true, evidence: [] };
    },
    runMode: async ({ origin }) => {
      origins.push(origin);
      return { passed: true, evidence: [] };
    },
  };
  return { world, overrides, origins };
}

it('that is waived is not written to: the candidate is installed from kept files, and every card says so', async () => {
  const { world, overrides, origins } = without(Infinity);
  const running = await service(overrides, world);
  await running.start();
  await approveAll(running, 'branch', 'test-index', 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  const ledger = await running.ledger();
  expect(ledger.waiver).toMatchObject({
    index: 'test',
    by: 'grace (unverified)',
    why: 'test does not list it.',
  });
  expect(running.model.effects.filter((effect) => effect.endsWith('to test'))).toEqual([]);
  const [first, ...later] = origins.slice(0, 3);
  expect([first, ...later]).toEqual([{ store: true }, { store: true }, { store: true }]);
  expect(origins.at(-1)).toMatchObject({ index: { name: 'production' } });
  const line = { label: 'waived', value: 'test, by grace (unverified): test does not list it.' };
  for (const gate of ledger.gates)
    if (['merge', 'production'].includes(gate.id)) expect(gate.subject).toContainEqual(line);
    else expect(gate.subject).not.toContainEqual(line);
  const step = ledger.steps.find(({ id }) => id === '04-publish-to-test-index');
  expect(step?.evidence).toContainEqual({
    what: saying('nothing was brought to test, which grace (unverified) waived'),
  });
});

it('that is only out of order for a while is used after a retry', async () => {
  const { world, overrides, origins } = without(1);
  const running = await service(overrides, world);
  await running.start();
  await approveAll(running, 'branch');
  const gate = gateOf(await running.until(waitsAt('test-index')), 'test-index');
  expect(gate.subject).toContainEqual({ label: 'not done', value: 'The name is not ours.' });
  await answer(running, 'test-index', 'retry');
  await approveAll(running, 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect((await running.ledger()).waiver).toBeUndefined();
  expect(origins[0]).toMatchObject({ index: { name: 'test' } });
});

it('that cannot be read for the next number is waived there, and not asked about again', async () => {
  const world = modelWorld();
  const asked: boolean[] = [];
  const running = await service(
    {
      ensureDevVersion: async (input) => {
        asked.push(input.test !== undefined);
        if (input.test !== undefined) throw taken;
        return world.activities.ensureDevVersion(input);
      },
    },
    world,
  );
  await running.start();
  await approveAll(running, 'branch', 'test-index', 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect(asked).toEqual([true, false]);
  expect((await running.ledger()).gates.filter(({ id }) => id === 'test-index')).toHaveLength(1);
});

it('is not what people are asked about where something else needs mending', async () => {
  const { world, overrides } = without(
    1,
    ApplicationFailure.create({ type: 'operator', nonRetryable: true, message: 'a token' }),
  );
  const running = await service(overrides, world);
  await running.start();
  await approveAll(running, 'branch');
  const ledger = await running.until(waitsAt('trouble'));
  expect(ledger.gates.some(({ id }) => id === 'test-index')).toBe(false);
});
