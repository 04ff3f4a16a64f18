import { expect, test } from 'vitest';

import { branch, subject, thrown } from '../git-world.js';
import { patience } from '../../setup/patience.js';
import { backAt, carryOut, lostAgain } from '../reverting.js';
import { commitOn, merge, open, type MakeForge, type ReviewingWorld } from './forge-world.js';

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

  test.each(['merge', 'squash', 'rebase'] as const)(
    'by a %s that is taken back is refused again from a branch that lost it, until its revert is reverted there',
    async (method) => {
      const site = await make({ methods: [method] });
      const { world } = site;
      await commitOn(site, branch, { 'more.txt': 'x' });
      const pullRequest = await open(site);
      const verdict = await merge(site, pullRequest);
      if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
      const { previous, head } = pullRequest;
      const merges = [{ commit: verdict.commit, previous, head }];
      const where = { repository: world.repository, base: 'main', branch, subject };
      const takeMainIn = async () => {
        await world.git('fetch', '--quiet', 'origin');
        await world.git('merge', '--quiet', '--no-ff', '--no-edit', 'origin/main');
      };
      await world.git('switch', '--quiet', '-C', branch, head);
      await takeMainIn();
      const by = await backAt(world, { ...where, merges, tag: 'v0.2.0', reason: 'it breaks' });
      await takeMainIn();
      await world.commit({ 'fix.txt': 'x' });
      await world.push(branch);
      const finding = await lostAgain(world);
      expect(finding?.title).toContain(`what ${by.slice(0, 12)} took back on main`);
      expect(finding?.title).toContain('more.txt');
      const anew = method === 'rebase';
      await carryOut(world, finding?.detail, anew ? 1 : 0);
      const again = { branch: anew ? `${branch}-anew` : branch, subject };
      expect(await merge(site, await open(site, again), { of: again })).toMatchObject({ passed: true });
      await world.git('fetch', '--quiet', 'origin');
      expect(await world.git('ls-tree', '--name-only', 'origin/main', 'more.txt')).toBe('more.txt');
    },
  );

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

  test('row 7: a merge that conflicts is an operator failure', async () => {
    const site = await make();
    const { head } = await open(site);
    const previous = await commitOn(site, 'main', { 'src/demo_pkg/more.py': 'three = 3\n' });
    const conflicting = { subject, base: 'main', branch, head, previous, merge: head, title: 'x', body: '' };
    const pullRequest = await site.forge.ensurePullRequest(conflicting);
    expect(await thrown(site.forge.ensureMerged(pullRequest, 'main', branch))).toMatchObject({
      kind: 'operator',
    });
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
