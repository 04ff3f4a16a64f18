import { describe, expect, test } from 'vitest';

import { branch, titles } from '../git-world.js';
import { commitOn, merge, open, propose, type ForgeWorld, type MakeForge } from './forge-world.js';

const main = 'refs/heads/main';

/** What every forge keeps to, and plain git too: what was judged is merged, once, or nothing is. */
export function keepsToMerging(make: MakeForge<ForgeWorld>): void {
  describe('a merge', () => {
    test('makes exactly the tree that was judged, is made once, and is found again', async () => {
      const site = await make();
      const pullRequest = await open(site);
      const { head, previous } = pullRequest;
      expect(await open(site)).toEqual(pullRequest);
      expect(await site.forge.readMerged(branch, 'main', head)).toBeUndefined();
      const before = await site.world.changes(main);
      const verdict = await merge(site, pullRequest);
      expect(verdict).toMatchObject({ passed: true, commit: await site.world.ref(main) });
      expect(await merge(site, pullRequest)).toEqual(verdict);
      expect((await site.world.changes(main)) - before).toBe(1);
      const found = { merge: await site.world.ref(main), previous };
      expect(await site.forge.readMerged(branch, 'main', head)).toEqual(found);
      expect(await open(site)).toMatchObject({ ...found, head });
    });

    test('whose answer is lost is made once and found on main', async () => {
      const site = await make();
      const pullRequest = await open(site);
      const before = await site.world.changes(main);
      await site.loseMerge();
      expect(await merge(site, pullRequest)).toMatchObject({
        passed: true,
        commit: await site.world.ref(main),
      });
      expect((await site.world.changes(main)) - before).toBe(1);
    });

    test('that others have gone on from is found', async () => {
      const site = await make();
      const pullRequest = await open(site);
      const verdict = await merge(site, pullRequest);
      const foreign = await commitOn(site, 'main', { 'other.txt': 'x' });
      expect(await merge(site, pullRequest)).toEqual(verdict);
      expect(await site.world.ref(main)).toBe(foreign);
    });

    test('that is asked for twice at once is made once', async () => {
      const site = await make();
      const pullRequest = await open(site);
      const before = await site.world.changes(main);
      await Promise.allSettled([merge(site, pullRequest), merge(site, pullRequest)]);
      // Who lost the race may have been told to try again, and then finds it.
      expect(await merge(site, pullRequest)).toMatchObject({
        passed: true,
        commit: await site.world.ref(main),
      });
      expect((await site.world.changes(main)) - before).toBe(1);
    });

    test('beside one of another pull request is not taken for what was judged', async () => {
      const site = await make();
      const other = { branch: 'release/0.2.1', subject: { package: 'demo-pkg', version: '0.2.1' } };
      await commitOn(site, other.branch, { 'other.txt': 'x' }, { isNew: true });
      const [one, two] = [await open(site), await open(site, other)];
      const mergeBoth = () => [merge(site, one), merge(site, two, { of: other })];
      const first = await Promise.allSettled(mergeBoth());
      const passed = first.filter((it) => it.status === 'fulfilled' && it.value.passed);
      expect(passed.length).toBeLessThanOrEqual(1);
      const second = await Promise.all(mergeBoth());
      expect(second.map((verdict) => verdict.passed).sort()).toEqual([false, true]);
    });

    test('row 6: a merge does not happen once the branch has moved, since nobody has approved where it stands now', async () => {
      const site = await make();
      const pullRequest = await open(site);
      await commitOn(site, branch, { 'more.txt': 'x' });
      expect(titles(await merge(site, pullRequest))).toEqual([
        expect.stringMatching(/^The branch moved: release\/0\.2\.0 stands at /),
      ]);
      expect(await site.world.ref(main)).toBe(pullRequest.previous);
    });

    test('row 9: a merge does not happen once main has moved, whether it conflicts or not', async () => {
      const site = await make();
      const pullRequest = await open(site);
      const foreign = await commitOn(site, 'main', { 'src/demo_pkg/more.py': 'three = 3\n' });
      expect(titles(await merge(site, pullRequest))).toEqual([expect.stringMatching(/^main moved/)]);
      expect(await site.world.ref(main)).toBe(foreign);
      expect(titles(await propose(site))).toEqual([expect.stringMatching(/^main has moved/)]);
    });
  });

  test('a branch is deleted where it stands at the expected commit, and what was merged from it is found still', async () => {
    const site = await make();
    const pullRequest = await open(site);
    await merge(site, pullRequest);
    const { head } = pullRequest;
    const remove = () => site.forge.ensureBranchDeleted(branch, head);
    const foreign = await commitOn(site, branch, { 'more.txt': 'x' });
    expect(await remove()).toMatchObject({ state: 'moved', found: foreign });
    expect(await site.forge.ensureBranchDeleted(branch, foreign)).toMatchObject({ state: 'done' });
    expect(await site.world.ref(`refs/heads/${branch}`)).toBeUndefined();
    expect(await site.forge.ensureBranchDeleted(branch, foreign)).toMatchObject({ state: 'done' });
    expect(await site.forge.readMerged(branch, 'main', head)).toMatchObject({
      merge: await site.world.ref(main),
    });
  });

  test('a commit is proposed on a branch of its own, once', async () => {
    const site = await make();
    const { head } = await open(site);
    const order = {
      subject: { package: 'demo-pkg', version: '0.2.0' },
      base: 'main',
      branch: 'slipway/take-back-0.2.0',
      head,
      title: 'Take demo-pkg 0.2.0 back',
      body: 'It breaks.',
    };
    const proposed = await site.forge.ensureProposed(order);
    expect(proposed.evidence.what).toContain(`0.2.0 stands`);
    expect(await site.forge.ensureProposed(order)).toEqual(proposed);
    expect(await site.world.ref(`refs/heads/${order.branch}`)).toBe(head);
  });
}
