import { describe, expect, test } from 'vitest';

import { forges } from '../../../src/activities/forge/forges.js';
import { makeWorld, subject } from '../git-world.js';
import { keepsToMerging } from './contract.js';
import { merge, open, type ForgeWorld } from './forge-world.js';

async function makePlainGit(): Promise<ForgeWorld> {
  const world = await makeWorld();
  return {
    world,
    forge: forges(world.bench)(world.repository),
    loseMerge: () => world.hook('post-receive', 'rm "$0"; kill -9 0'),
  };
}

describe('plain git', () => {
  keepsToMerging(makePlainGit);

  test('finds what people squashed by hand', async () => {
    const site = await makePlainGit();
    const pullRequest = await open(site);
    const { world } = site;
    await world.git('switch', '--quiet', 'main');
    await world.git('merge', '--quiet', '--squash', pullRequest.head);
    await world.git('commit', '--quiet', '--message', 'Squashed');
    await world.push('main');
    expect(await merge(site, pullRequest)).toMatchObject({
      passed: true,
      commit: await world.ref('refs/heads/main'),
    });
  });

  test('has no reviews, checks, comments or pages', async () => {
    const { forge } = await makePlainGit();
    expect(forge.reviews).toBe(false);
    expect(
      await forge.ensureReleasePage({ tag: 'v1', title: '1', body: '', files: [] }, 'draft'),
    ).toBeUndefined();
    await forge.ensureTold('release/0.2.0', subject, ['nobody hears it']);
  });
});
