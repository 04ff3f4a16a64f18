import { describe, expect, test } from 'vitest';

import { branch, makeWorld, titles, type World } from './git-world.js';
import { backAt, carryOut, lostAgain, mergedRelease } from './reverting.js';

const lost = 'src/demo_pkg/more.py';

/** How people bring the release branch, of two commits, onto main with git alone; undefined leaves it to the release. */
const shapes = {
  merge: undefined,
  squash: async (world: World) => {
    await world.git('switch', '--quiet', '-C', 'main', 'origin/main');
    await world.git('merge', '--quiet', '--squash', branch);
    await world.git('commit', '--quiet', '--message', 'Squashed');
  },
  rebase: async (world: World) => {
    await world.git('switch', '--quiet', '-C', 'main', branch);
    // Within one second the same words would make the same commits again, which is no rebase.
    await world.git('rebase', '--quiet', '--signoff', 'origin/main');
  },
} as const;
type Shape = keyof typeof shapes;

/** A release of two commits that is on main in one of the shapes; its branch is checked out. */
async function released(shape: Shape) {
  const world = await makeWorld();
  await world.commit({ 'src/demo_pkg/even.py': 'def three():\n    return 3\n' });
  await world.push(branch);
  const byHand = shapes[shape];
  const order = await mergedRelease(world, async () => {
    if (byHand === undefined) return;
    await world.git('fetch', '--quiet', 'origin');
    await byHand(world);
    await world.push('main');
  });
  await world.git('switch', '--quiet', branch);
  return { world, order };
}

/** Merges main into what is checked out, as people do who want to go on. */
async function takeMainIn(world: World): Promise<void> {
  await world.git('fetch', '--quiet', 'origin');
  await world.git('merge', '--quiet', '--no-ff', '--no-edit', 'origin/main');
}

/** Commits a fix to what is checked out and pushes it to a branch. */
async function pushFix(world: World, to = branch): Promise<void> {
  await world.commit({ 'fix.txt': 'fixed' });
  await world.push(to);
}

const onMain = (world: World, file: string) => world.git('ls-tree', '--name-only', 'origin/main', file);

describe.each(['merge', 'squash', 'rebase'] as const)('a release that was taken back after a %s', (shape) => {
  test('is refused from its branch that lost the files, and comes back after the commands that are told', async () => {
    const { world, order } = await released(shape);
    await takeMainIn(world);
    await world.push(branch);
    const by = await backAt(world, order);
    await takeMainIn(world);
    await pushFix(world);
    const finding = await lostAgain(world);
    expect(finding?.title).toBe(
      `${branch} carries on from what ${by.slice(0, 12)} took back on main, and merging it again would not bring back src/demo_pkg/even.py, ${lost}`,
    );
    await carryOut(world, finding?.detail);
    expect(await lostAgain(world)).toBeUndefined();
    await mergedRelease(world);
    await world.git('fetch', '--quiet', 'origin');
    expect(await onMain(world, lost)).toBe(lost);
  });

  test('goes on from a new branch of main, which brings nothing of it', async () => {
    const { world, order } = await released(shape);
    await backAt(world, order);
    await world.git('fetch', '--quiet', 'origin');
    await world.git('switch', '--quiet', '--create', 'fresh', 'origin/main');
    await pushFix(world, 'release/0.2.1');
    expect(await lostAgain(world, 'release/0.2.1')).toBeUndefined();
  });

  test('is refused from its branch that was begun anew on main under the same name', async () => {
    const { world, order } = await released(shape);
    const by = await backAt(world, order);
    await world.git('fetch', '--quiet', 'origin');
    await world.git('switch', '--quiet', '--create', 'anew', 'origin/main');
    await world.commit({ 'fix.txt': 'fixed' });
    await world.git('push', '--quiet', 'origin', `:refs/heads/${branch}`);
    await world.push(branch);
    expect((await lostAgain(world))?.title).toContain(by.slice(0, 12));
  });
});

test('a merge that was taken back is lost to its branch as soon as main is merged into it', async () => {
  const { world, order } = await released('merge');
  await backAt(world, order);
  await pushFix(world);
  expect((await lostAgain(world))?.title).toContain(lost);
});

test.each(['squash', 'rebase'] as const)(
  'a %s that was taken back comes again from a branch that never held it, and nobody is kept from that',
  async (shape) => {
    const { world, order } = await released(shape);
    await backAt(world, order);
    await takeMainIn(world);
    await pushFix(world);
    expect(await lostAgain(world)).toBeUndefined();
    await mergedRelease(world);
    await world.git('fetch', '--quiet', 'origin');
    expect(await onMain(world, lost)).toBe(lost);
  },
);

test.each(['merge', 'squash'] as const)(
  'a %s that people reverted by hand, in words of git, is remembered by what the release kept',
  async (shape) => {
    const { world, order } = await released(shape);
    await takeMainIn(world);
    await world.push(branch);
    await world.git('switch', '--quiet', '-C', 'main', 'origin/main');
    const parent = shape === 'merge' ? ['--mainline', '1'] : [];
    await world.git('revert', '--no-edit', ...parent, order.merges[0]?.commit ?? '');
    await world.push('main');
    await world.git('switch', '--quiet', branch);
    await takeMainIn(world);
    await pushFix(world);
    const finding = await lostAgain(world);
    expect(finding?.title).toContain(lost);
    await carryOut(world, finding?.detail);
    expect(await lostAgain(world)).toBeUndefined();
  },
);

test('a revert whose message was lost on its way to main is remembered by what the release kept', async () => {
  const { world, order } = await released('squash');
  await takeMainIn(world);
  await world.push(branch);
  const made = await world.activities.ensureRevertMade(order);
  if (!made.passed || !('revert' in made)) throw new Error('not made');
  await world.git('fetch', '--quiet', 'origin', `refs/slipway/*:refs/slipway/*`);
  await world.git('switch', '--quiet', '-C', 'main', 'origin/main');
  await world.git('merge', '--quiet', '--squash', made.revert.commit);
  await world.git('commit', '--quiet', '--message', 'Something else');
  const by = await world.git('rev-parse', 'HEAD');
  await world.push('main');
  await world.git('switch', '--quiet', branch);
  await takeMainIn(world);
  await pushFix(world);
  expect((await lostAgain(world))?.title).toContain(by.slice(0, 12));
});

test('a revert that never reached main keeps nobody from anything', async () => {
  const { world, order } = await released('merge');
  await world.activities.ensureRevertMade(order);
  await takeMainIn(world);
  await pushFix(world);
  expect(await lostAgain(world)).toBeUndefined();
});

test('a release is refused at its start already when its branch lost what was taken back', async () => {
  const { world, order } = await released('merge');
  await backAt(world, order);
  await pushFix(world);
  const { activities, repository } = world;
  const at = { repository, branch, package: 'demo-pkg', version: '0.2.1' };
  expect(titles(await activities.readBranch({ ...at, base: 'main' }))).toEqual([
    expect.stringContaining('carries on from what'),
  ]);
  expect(await activities.readBranch(at)).toMatchObject({ passed: true });
});
