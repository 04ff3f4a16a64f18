import { beforeEach, describe, expect, test } from 'vitest';

import { createVersionActivities } from '../../src/activities/versions.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import * as indexes from '../rehearsal/index/tools.js';
import { branch, makeWorld, subject, type World } from './git-world.js';
import { addressOf } from './support/bench.js';

let testIndex: IndexStandIn;
let production: IndexStandIn;
let world: World;

beforeEach(async () => {
  [testIndex, production] = [await indexes.runningIndex(), await indexes.runningIndex()];
  world = await makeWorld();
});

async function upload(index: IndexStandIn, version: string): Promise<void> {
  const { wheel } = await indexes.makeDistributions('demo-pkg', version);
  expect(await indexes.plainUpload(index, wheel)).toMatchObject({ status: 200 });
}

const nextNumber = () =>
  createVersionActivities(world.bench).readNextNumber({
    subject,
    repository: world.repository,
    branch,
    test: addressOf('test', testIndex),
    production: addressOf('production', production),
  });

describe('the next number', () => {
  test('is 0 where nothing is taken', async () => {
    await upload(production, '0.1.0');
    expect(await nextNumber()).toEqual({ number: 0 });
  });

  test('is above what either index and git have', async () => {
    await upload(testIndex, '0.2.0.dev1');
    expect(await nextNumber()).toEqual({ number: 2 });
    await upload(production, '0.2.0.dev4');
    expect(await nextNumber()).toEqual({ number: 5 });
    await world.git('push', '--quiet', world.repository, 'HEAD:refs/tags/v0.2.0.dev6');
    expect(await nextNumber()).toEqual({ number: 7 });
  });
});

test('the next number says which index is out of order, and does without the test index where people waived it', async () => {
  testIndex.misbehave({ method: 'GET', times: 1, fault: { kind: 'answer', status: 503 } });
  await expect(nextNumber()).rejects.toMatchObject({
    type: 'index',
    nonRetryable: false,
    message: expect.stringMatching(/^test cannot be read: .* answers 503$/m) as string,
  });
  await upload(production, '0.2.0.dev4');
  const { readNextNumber } = createVersionActivities(world.bench);
  const input = {
    subject,
    repository: world.repository,
    branch,
    production: addressOf('production', production),
  };
  expect(await readNextNumber(input)).toEqual({ number: 5 });
});

describe('the last stable version', () => {
  test('is neither yanked nor untagged', async () => {
    for (const version of ['0.0.8', '0.0.9', '0.1.0', '0.1.1']) await upload(production, version);
    const main = (await world.ref('refs/heads/main')) ?? '';
    for (const version of ['0.0.8', '0.0.9', '0.1.0'])
      await world.git('push', '--quiet', world.repository, `${main}:refs/tags/v${version}`);
    production.yank('demo-pkg', '0.1.0', 'broken');
    const { readLastStable } = createVersionActivities(world.bench);
    const index = addressOf('production', production);
    const input = { repository: world.repository, base: 'main', index, subject, tag: 'v0.2.0' };
    expect(await readLastStable(input)).toEqual({
      lastStable: { version: '0.0.9', tag: 'v0.0.9', commit: main },
    });
    production.yank('demo-pkg', '0.0.9', 'broken');
    production.yank('demo-pkg', '0.0.8', 'broken');
    expect(await readLastStable(input)).toEqual({});
  });
});
