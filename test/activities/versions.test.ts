import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, test } from 'vitest';

import { createVersionActivities } from '../../src/activities/versions.js';
import type { StableNeighbours } from '../../src/contract/activities.js';
import type { Merge } from '../../src/contract/state.js';
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

  test('row 33: the next number is above every devN that either index or git has', async () => {
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
    message: expect.stringMatching(/^true now: test cannot be read: .* answers 503$/m) as string,
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
  const read = (base: string, version: string, merges: readonly Merge[]) => {
    const { readLastStable } = createVersionActivities(world.bench);
    const index = addressOf('production', production);
    const at = { package: subject.package, version };
    const { repository } = world;
    return readLastStable({ repository, base, index, subject: at, tag: `v${version}`, merges });
  };

  /** The versions alone, as they stand on a branch that no release was merged into. */
  const lastStable = async (base = 'main', version = '0.2.0', attempt = 1) => {
    const environment = new MockActivityEnvironment({ attempt });
    const found: Promise<StableNeighbours> = environment.run(() => read(base, version, []));
    const { noRevert: _, ...versions } = await found;
    return versions;
  };

  const tag = async (name: string, commit: string) =>
    world.git('push', '--quiet', world.repository, `${commit}:refs/tags/${name}`);

  test('is neither yanked nor untagged', async () => {
    for (const version of ['0.0.8', '0.0.9', '0.1.0', '0.1.1']) await upload(production, version);
    const main = (await world.ref('refs/heads/main')) ?? '';
    for (const version of ['0.0.8', '0.0.9', '0.1.0']) await tag(`v${version}`, main);
    production.yank('demo-pkg', '0.1.0', 'broken');
    expect(await lastStable()).toEqual({ lastStable: { version: '0.0.9', tag: 'v0.0.9', commit: main } });
    production.yank('demo-pkg', '0.0.9', 'broken');
    production.yank('demo-pkg', '0.0.8', 'broken');
    expect(await lastStable()).toEqual({ onlyTagged: 'v0.1.0' });
  });

  test('is said to be tagged alone where the index has never listed what main holds tags of', async () => {
    expect(await lastStable()).toEqual({});
    await upload(production, '0.1.9');
    const main = (await world.ref('refs/heads/main')) ?? '';
    for (const name of ['v0.0.9', 'v0.1.0', 'v0.2.0rc1', 'v0.2.0', 'v0.3.0']) await tag(name, main);
    await tag('v0.1.9', await world.git('rev-parse', 'HEAD'));
    expect(await lastStable()).toEqual({ onlyTagged: 'v0.1.0' });
  });

  test('comes with why main needs no revert, where the release has changed no file of it', async () => {
    const previous = (await world.ref('refs/heads/main')) ?? '';
    await world.git('switch', '--quiet', 'main');
    await world.git('commit', '--quiet', '--allow-empty', '--message', 'Nothing');
    await world.push('main');
    const commit = (await world.ref('refs/heads/main')) ?? '';
    expect(await read('main', '0.2.0', [{ commit, previous, head: commit }])).toMatchObject({
      noRevert: { unchanged: commit },
    });
  });

  test('is that of a maintenance line on that line, whatever main holds', async () => {
    for (const version of ['1.4.6', '2.0.0']) await upload(production, version);
    const old = (await world.ref('refs/heads/main')) ?? '';
    await world.git('switch', '--quiet', 'main');
    await world.push('1.4.x');
    const newer = await world.commit({ 'new.txt': 'x' });
    await world.push('main');
    await tag('v1.4.6', old);
    await tag('v2.0.0', newer);
    expect(await lastStable('1.4.x', '1.4.7')).toEqual({
      lastStable: { version: '1.4.6', tag: 'v1.4.6', commit: old },
    });
    expect(await lastStable('main', '2.0.1')).toMatchObject({ lastStable: { version: '2.0.0' } });
  });

  test('is not one whose tag is on another line, however near', async () => {
    for (const version of ['0.1.0', '0.1.9']) await upload(production, version);
    const main = (await world.ref('refs/heads/main')) ?? '';
    await tag('v0.1.0', main);
    await tag('v0.1.9', await world.git('rev-parse', 'HEAD'));
    expect(await lastStable()).toMatchObject({ lastStable: { version: '0.1.0' } });
  });

  test('is told by tags alone, and said to be, where the index stays down for some seconds', async () => {
    for (const version of ['0.0.9', '0.1.0']) await upload(production, version);
    const main = (await world.ref('refs/heads/main')) ?? '';
    for (const name of ['v0.0.9', 'v0.1.0', 'v0.1.9rc1', 'vnext', 'other-0.1.5']) await tag(name, main);
    production.yank('demo-pkg', '0.1.0', 'broken');
    production.misbehave({ method: 'GET', times: 2, fault: { kind: 'answer', status: 503 } });
    await expect(lastStable('main', '0.2.0', 1)).rejects.toThrow('503');
    expect(await lastStable('main', '0.2.0', 4)).toEqual({
      lastStable: { version: '0.1.0', tag: 'v0.1.0', commit: main },
      unread: expect.stringMatching(/^production cannot be read: .*503$/) as string,
    });
    expect(await lastStable('main', '0.2.0', 4)).toMatchObject({ lastStable: { version: '0.0.9' } });
  });
});
