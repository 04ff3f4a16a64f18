import { describe, expect, test } from 'vitest';

import { findStableNeighbours, versionsInGit } from '../../src/activities/git/tagged-versions.js';
import { nextDevNumber } from '../../src/contract/version.js';
import { branch, makeWorld, subject, type World } from './git-world.js';

const versions = (world: World) =>
  versionsInGit(world.bench, { repository: world.repository, branch, subject });

describe('the versions that git knows of', () => {
  test('are those of the branch, of tags, and of commits that releases have kept', async () => {
    const world = await makeWorld();
    expect(await versions(world)).toEqual(['0.1.0']);
    for (const tag of ['v0.2.0.dev3', 'demo-pkg-0.0.9', 'nightly', 'v0.2.0-dev4'])
      await world.git('push', '--quiet', world.repository, `HEAD:refs/tags/${tag}`);
    const source = await world.source(branch);
    const kept = await world.activities.ensureVersionCommit({ source, version: '0.2.0.dev7', subject });
    expect(kept.passed).toBe(true);
    const found = await versions(world);
    expect(found).toEqual(['0.0.9', '0.1.0', '0.2.0.dev3', '0.2.0.dev4', '0.2.0.dev7']);
    expect(nextDevNumber('0.2.0', found)).toBe(8);
  });

  test('are also those that stood on the branch before', async () => {
    const world = await makeWorld();
    await world.commit({ 'x.txt': 'x' }, 'Set version to 0.2.0.dev5');
    await world.push(branch);
    expect(await versions(world)).toEqual(['0.1.0', '0.2.0.dev5']);
  });
});

describe('the last stable version', () => {
  test('is the nearest one below whose tag main contains', async () => {
    const world = await makeWorld();
    const old = await world.ref('refs/heads/main');
    await world.git(
      'push',
      '--quiet',
      world.repository,
      `${old ?? ''}:refs/tags/v0.0.9`,
      `${old ?? ''}:refs/tags/v0.1.0`,
    );
    await world.git(
      'push',
      '--quiet',
      world.repository,
      `HEAD:refs/tags/v0.1.5`,
      `${old ?? ''}:refs/tags/v0.3.0`,
    );
    const input = { repository: world.repository, base: 'main', subject, tag: 'v0.2.0' };
    const stable = ['0.0.9', '0.1.0', '0.1.5', '0.1.9', '0.2.0', '0.3.0'];
    expect((await findStableNeighbours(world.bench, input, stable)).lastStable).toEqual({
      version: '0.1.0',
      tag: 'v0.1.0',
      commit: old,
    });
    expect(await findStableNeighbours(world.bench, input, ['0.0.9'])).toMatchObject({
      lastStable: { version: '0.0.9' },
    });
    expect((await findStableNeighbours(world.bench, input, ['0.1.5', '0.3.0'])).lastStable).toBeUndefined();
  });

  test('is found by an annotated tag too', async () => {
    const world = await makeWorld();
    const commit = (await world.ref('refs/heads/main')) ?? '';
    await world.activities.ensureTagged({ repository: world.repository, tag: 'v0.1.0', commit, subject });
    const input = { repository: world.repository, base: 'main', subject, tag: 'v0.2.0' };
    expect(await findStableNeighbours(world.bench, input, ['0.1.0'])).toMatchObject({
      lastStable: { tag: 'v0.1.0', commit },
    });
  });

  test('has a later release beside it where main holds one', async () => {
    const world = await makeWorld();
    const commit = (await world.ref('refs/heads/main')) ?? '';
    await world.activities.ensureTagged({ repository: world.repository, tag: 'v0.3.0', commit, subject });
    const input = { repository: world.repository, base: 'main', subject, tag: 'v0.2.0' };
    expect(await findStableNeighbours(world.bench, input, ['0.1.0', '0.3.0'])).toEqual({
      newer: { version: '0.3.0', tag: 'v0.3.0', commit },
    });
  });
});
