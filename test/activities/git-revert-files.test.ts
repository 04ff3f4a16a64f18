import { describe, expect, test } from 'vitest';

import { branch, files, makeWorld, subject, type World } from './git-world.js';
import { mergedRelease } from './reverting.js';

const main = 'refs/heads/main';

/** Makes the revert of a merged release and returns what is said of its files, for a last stable version at a commit. */
async function saidOfFiles(world: World, commit: string): Promise<string[]> {
  const order = await mergedRelease(world);
  const lastStable = { version: '0.1.0', tag: 'v0.1.0', commit };
  const before = await world.ref(main);
  const made = await world.activities.ensureRevertMade({ ...order, lastStable });
  expect(await world.ref(main)).toBe(before);
  return made.evidence.map(({ what }) => what).filter((what) => what.startsWith('its files'));
}

/** Brings a commit of somebody onto main, and main into the release branch. */
async function onMainFirst(world: World, files: Parameters<World['commit']>[0]): Promise<void> {
  await world.git('switch', '--quiet', 'main');
  await world.commit(files);
  await world.push('main');
  await world.git('switch', '--quiet', branch);
  await world.git('merge', '--quiet', '--no-edit', 'main');
  await world.push(branch);
}

const stable = '0.1.0 (v0.1.0), the last stable version';

describe('the files of a revert', () => {
  test('are proved to be those before the merge and those of the last stable tag', async () => {
    const world = await makeWorld();
    const before = (await world.ref(main)) ?? '';
    expect(await saidOfFiles(world, before)).toEqual([
      `its files are exactly those of ${before.slice(0, 12)}, before the merge`,
      `its files are exactly those of ${stable}`,
    ]);
  });

  test('are those of the last stable tag but for the version where only a version was set since', async () => {
    const world = await makeWorld();
    const tagged = (await world.ref(main)) ?? '';
    await onMainFirst(world, {
      'pyproject.toml': files['pyproject.toml']?.replace('0.1.0', '0.2.0.dev0'),
      'src/demo_pkg/__init__.py': files['src/demo_pkg/__init__.py']?.replace('0.1.0', '0.2.0.dev0'),
    });
    expect((await saidOfFiles(world, tagged))[1]).toBe(
      `its files are those of ${stable}, but for the version in pyproject.toml and src/demo_pkg/__init__.py`,
    );
  });

  test('are not said to be those of the last stable tag where others have committed since', async () => {
    const world = await makeWorld();
    const tagged = (await world.ref(main)) ?? '';
    await onMainFirst(world, { 'other.txt': 'theirs' });
    const before = (await world.ref(main)) ?? '';
    expect(await saidOfFiles(world, tagged)).toEqual([
      `its files are exactly those of ${before.slice(0, 12)}, before the merge`,
      `its files differ from those of ${stable}, in what others have committed since: other.txt`,
    ]);
  });
});

describe('a revert that was made', () => {
  test('is kept beside main under a ref of the release, with the configuration that its suites run by', async () => {
    const world = await makeWorld();
    const order = await mergedRelease(world);
    const onto = (await world.ref(main)) ?? '';
    const made = await world.activities.ensureRevertMade(order);
    if (!made.passed || !('revert' in made)) throw new Error('not made');
    const { commit, config } = made.revert;
    expect(made.revert.onto).toBe(onto);
    expect(await world.ref(`refs/slipway/demo-pkg/${subject.version}/revert/${commit.slice(0, 12)}`)).toBe(
      commit,
    );
    expect(config).toBe((await world.source(branch)).config);
  });

  test('says that it has no configuration where main had none before its first release', async () => {
    const world = await makeWorld();
    await world.git('switch', '--quiet', 'main');
    await world.commit({ 'pyproject.toml': undefined });
    await world.push('main');
    await world.git('switch', '--quiet', branch);
    await world.git('merge', '--quiet', '--no-edit', '--strategy', 'ours', 'main');
    await world.push(branch);
    const order = await mergedRelease(world);
    const made = await world.activities.ensureRevertMade(order);
    expect(made).toHaveProperty('revert');
    expect(made).not.toHaveProperty('revert.config');
  });

  test('is not brought to a main that has moved since', async () => {
    const world = await makeWorld();
    const order = await mergedRelease(world);
    const made = await world.activities.ensureRevertMade(order);
    if (!made.passed || !('revert' in made)) throw new Error('not made');
    await world.git('fetch', '--quiet', world.repository, 'main');
    await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
    const foreign = await world.commit({ 'other.txt': 'theirs' });
    await world.push('main');
    expect(await world.activities.ensureReverted({ ...order, revert: made.revert })).toEqual({
      state: 'moved',
    });
    expect(await world.ref(main)).toBe(foreign);
  });
});
