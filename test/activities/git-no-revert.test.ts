import { describe, expect, test } from 'vitest';

import { readNoRevert } from '../../src/activities/git/revert.js';
import { branch, makeWorld, type World } from './git-world.js';
import { backAt, mergedRelease } from './reverting.js';

const main = 'refs/heads/main';

/** A release whose branch has the files that main has, as where the version comes from the tag. */
async function mergedWithoutFiles(world: World) {
  await world.commit({ 'src/demo_pkg/more.py': undefined });
  await world.push(branch);
  return mergedRelease(world);
}

const said = (found: { evidence: readonly { what: string }[] } | undefined) =>
  found?.evidence.map(({ what }) => what);

describe('a release that changed no file of main', () => {
  test('is known to need no revert before people are asked, and its files are compared', async () => {
    const world = await makeWorld();
    const before = (await world.ref(main)) ?? '';
    const order = await mergedWithoutFiles(world);
    const lastStable = { version: '0.1.0', tag: 'v0.1.0', commit: before };
    const head = (await world.ref(main)) ?? '';
    const found = await readNoRevert(world.bench, { ...order, lastStable });
    expect(found).toHaveProperty('unchanged', head);
    expect(said(found)).toEqual([
      `main stays at ${head.slice(0, 12)} without a revert: taking 0.2.0 out changes no file of it`,
      `its files are exactly those of ${before.slice(0, 12)}, before the merge`,
      'its files are exactly those of 0.1.0 (v0.1.0), the last stable version',
    ]);
  });

  test('is not said to be reverted by the merge that brought it, and main does not move', async () => {
    const world = await makeWorld();
    const order = await mergedWithoutFiles(world);
    const head = await world.ref(main);
    const made = await world.activities.ensureRevertMade(order);
    expect(made).toMatchObject({ passed: true, unchanged: head });
    expect(made).not.toHaveProperty('back');
    expect(await world.ref(main)).toBe(head);
    expect(await world.git('ls-remote', world.repository, 'refs/slipway/*/revert/*')).toBe('');
  });

  test('is still put to people while its version commit may come to main', async () => {
    const world = await makeWorld();
    const order = await mergedWithoutFiles(world);
    const source = { ...(await world.source(branch)), commit: order.merges[0]?.commit ?? '' };
    const final = await world.activities.ensureVersionCommit({
      ...{ source, version: '0.2.0', subject: order.subject },
    });
    if (!final.passed) throw new Error('no version commit');
    expect(await readNoRevert(world.bench, { ...order, final: final.commit })).toBeUndefined();
  });
});

test('a release whose files main holds needs a revert, and none once somebody has made one', async () => {
  const world = await makeWorld();
  const order = await mergedRelease(world);
  expect(await readNoRevert(world.bench, order)).toBeUndefined();
  const revert = await backAt(world, order);
  const found = await readNoRevert(world.bench, order);
  expect(found).toHaveProperty('back', revert);
  expect(said(found)).toEqual([`${revert.slice(0, 12)} has taken 0.2.0 out of main already`]);
});

test('a main that is gone is put to people', async () => {
  const world = await makeWorld();
  const order = await mergedRelease(world);
  expect(await readNoRevert(world.bench, { ...order, base: 'elsewhere' })).toBeUndefined();
});
