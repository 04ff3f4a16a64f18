import { expect, test } from 'vitest';

import { branch, subject, thrown, titles } from '../git-world.js';
import { commitOn, merge, open, type MakeForge, type ReviewingWorld } from './forge-world.js';
import { patience } from '../../setup/patience.js';

const main = 'refs/heads/main';

/** What a merge keeps to where the forge makes it, by its own rules. */
export function keepsToRules(make: MakeForge<ReviewingWorld>): void {
  test.each(['squash', 'rebase'] as const)('can be a %s, and is found again', async (method) => {
    const site = await make({ methods: [method] });
    await commitOn(site, branch, { 'more.txt': 'x' });
    const pullRequest = await open(site);
    const verdict = await merge(site, pullRequest);
    expect(verdict).toMatchObject({ passed: true, commit: await site.world.ref(main) });
    expect(await merge(site, pullRequest)).toEqual(verdict);
    expect(await site.forge.readMerged(branch, 'main', pullRequest.head)).toEqual({
      merge: await site.world.ref(main),
      previous: pullRequest.previous,
    });
    expect(await open(site)).toMatchObject({ id: pullRequest.id });
  });

  test('that moved main and left the pull request open is found on main', async () => {
    const site = await make();
    const pullRequest = await open(site);
    const before = await site.world.changes(main);
    await site.halveMerge();
    expect(await merge(site, pullRequest)).toMatchObject({
      passed: true,
      commit: await site.world.ref(main),
    });
    expect((await site.world.changes(main)) - before).toBe(1);
    expect(await site.listPulls()).toMatchObject([{ state: 'open' }]);
    expect(await open(site)).toMatchObject({ id: pullRequest.id, merge: await site.world.ref(main) });
  });

  test('by a person is found', async () => {
    const site = await make();
    const pullRequest = await open(site);
    await site.mergeByHand(pullRequest.id, 'squash');
    expect(await merge(site, pullRequest)).toMatchObject({
      passed: true,
      commit: await site.world.ref(main),
    });
  });

  test('does not happen once the branch has moved', async () => {
    const site = await make();
    const pullRequest = await open(site);
    await commitOn(site, branch, { 'more.txt': 'x' });
    expect(titles(await merge(site, pullRequest))).toEqual([
      expect.stringMatching(/^release\/0\.2\.0 moved/),
    ]);
    expect(await site.world.ref(main)).toBe(pullRequest.previous);
  });

  test('that conflicts is an operator failure', async () => {
    const site = await make();
    const { head } = await open(site);
    const previous = await commitOn(site, 'main', { 'src/demo_pkg/more.py': 'three = 3\n' });
    const conflicting = { subject, base: 'main', branch, head, previous, merge: head, title: 'x', body: '' };
    const pullRequest = await site.forge.ensurePullRequest(conflicting);
    expect(await thrown(site.forge.ensureMerged(pullRequest, 'main'))).toMatchObject({ kind: 'operator' });
    expect(await site.world.ref(main)).toBe(previous);
  });

  test('waits for the approvals that main wants, and goes through once they stand', async () => {
    const site = await make({ approvals: 1 });
    const { repository, activities } = site.world;
    const pullRequest = await open(site);
    const wait = () => activities.awaitMergeable({ repository, pullRequest });
    await expect(wait()).rejects.toMatchObject({ type: 'not-yet' });
    expect(await thrown(merge(site, pullRequest))).toMatchObject({ kind: 'operator' });
    expect(await site.world.ref(main)).toBe(pullRequest.previous);
    await site.review('grace', pullRequest, 'approve');
    await expect.poll(() => wait().then(() => 'free', String), patience).toBe('free');
    expect(await merge(site, pullRequest)).toMatchObject({ passed: true });
  });
}
