import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import type { RevertOrder } from '../../src/contract/reverting.js';
import { branch, makeWorld, subject, thrown, titles, type World } from './git-world.js';
import { backAt, putBack } from './reverting.js';

const main = 'refs/heads/main';
type Input = RevertOrder;

/** A world whose release is merged and whose final version is on main. */
async function released(): Promise<{ world: World; input: Input & { final: string }; before: string }> {
  const world = await makeWorld();
  const before = (await world.ref(main)) ?? '';
  const { repository } = world;
  const source = await world.source(branch);
  const proposal = { source, base: 'main', branch, subject, title: 'Release', body: '' };
  const proposed = await world.activities.ensurePullRequest(proposal);
  if (!proposed.passed) throw new Error('no pull request');
  const { pullRequest } = proposed;
  await world.activities.ensureMerged({
    repository,
    base: 'main',
    branch,
    pullRequest,
    reviews: [],
    subject,
  });
  const merged = { ...source, commit: pullRequest.merge };
  const final = await world.activities.ensureVersionCommit({ source: merged, version: '0.2.0', subject });
  if (!final.passed) throw new Error('no final commit');
  const parent = pullRequest.merge;
  await world.activities.ensureFinalOnBase({
    repository,
    base: 'main',
    commit: final.commit,
    parent,
    subject,
  });
  const { merge: commit, previous, head } = pullRequest;
  const merges = [{ commit, previous, head }];
  return {
    world,
    before,
    input: {
      repository,
      base: 'main',
      branch,
      merges,
      final: final.commit,
      tag: 'v0.2.0',
      subject,
      reason: 'it breaks',
    },
  };
}

/** Somebody commits on main. */
async function onMain(
  world: World,
  changes: Parameters<World['commit']>[0],
  message?: string,
): Promise<string> {
  await world.git('fetch', '--quiet', world.repository, 'main');
  await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
  const commit = await world.commit(changes, message);
  await world.push('main');
  return commit;
}

async function tree(world: World, commit: string): Promise<string> {
  await world.git('fetch', '--quiet', world.repository, 'main');
  return world.git('rev-parse', `${commit}^{tree}`);
}

/** What a revert that was made says of its files. */
function saidOfFiles(verdict: object): string[] {
  const { evidence } = (verdict as { made?: { evidence: { what: string }[] } }).made ?? { evidence: [] };
  return evidence.map(({ what }) => what).filter((what) => what.startsWith('its files'));
}

describe('taking a release back', () => {
  test('is one commit after which main has the files that it had before the merge', async () => {
    const { world, input, before } = await released();
    const head = await world.ref(main);
    const verdict = await putBack(world, input);
    const commit = (await world.ref(main)) ?? '';
    expect(verdict).toMatchObject({ passed: true, commit });
    expect(await tree(world, commit)).toBe(await tree(world, before));
    expect((await world.git('log', '-1', '--format=%P%n%B', commit)).trim()).toBe(
      `${head ?? ''}\nTake demo-pkg 0.2.0 back\n\nWhy: it breaks\n\nSlipway-Reverts: ${input.final}\nSlipway-Reverts: ${input.merges[0]?.commit ?? ''}\nSlipway-Reverts-Branch: ${branch} ${input.merges[0]?.head ?? ''}`,
    );
  });

  test('again finds that it is done', async () => {
    const { world, input } = await released();
    const first = await backAt(world, input);
    const changes = await world.changes(main);
    const second = await putBack(world, input);
    expect(second).toMatchObject({ passed: true, back: first });
    expect(await world.changes(main)).toBe(changes);
  });

  test('whose answer was lost is found', async () => {
    const { world, input } = await released();
    await world.hook('post-receive', 'kill -9 0');
    expect(await putBack(world, input)).toMatchObject({
      passed: true,
      commit: await world.ref(main),
    });
  });

  test("keeps other people's commits", async () => {
    const { world, input, before } = await released();
    const foreign = await onMain(world, {
      'other.txt': 'theirs',
      'src/demo_pkg/core.py': 'def one():\n    return 11\n',
    });
    const verdict = await putBack(world, input);
    const commit = (await world.ref(main)) ?? '';
    expect(verdict.passed).toBe(true);
    expect(saidOfFiles(verdict)).toEqual([expect.stringContaining('by what others have committed since')]);
    await tree(world, commit);
    expect(await world.git('diff', '--name-only', before, commit)).toBe('other.txt\nsrc/demo_pkg/core.py');
    expect(await world.git('merge-base', '--is-ancestor', foreign, commit)).toBe('');
  });

  test('takes a commit in that comes while it is pushed', async () => {
    const { world, input } = await released();
    await world.git('fetch', '--quiet', world.repository, 'main');
    await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
    const foreign = await world.commit({ 'other.txt': 'theirs' });
    const once = path.join(world.folder, 'once');
    await writeFile(once, '');
    await world.hook(
      'pre-receive',
      `[ -e ${once} ] && rm ${once} && env -i PATH="$PATH" git -C ${world.folder}/work push --quiet ${world.repository} ${foreign}:${main}; exit 0`,
    );
    expect(await putBack(world, input)).toMatchObject({ passed: true });
    const commit = (await world.ref(main)) ?? '';
    await tree(world, commit);
    expect(await world.git('log', '-1', '--format=%P', commit)).toBe(foreign);
  });

  test('that others have built upon changes nothing and names the paths', async () => {
    const { world, input } = await released();
    const foreign = await onMain(world, { 'src/demo_pkg/more.py': 'def two():\n    return 22\n' });
    const verdict = await putBack(world, input);
    expect(titles(verdict)).toEqual([
      'main cannot be put back by itself: others have changed src/demo_pkg/more.py since',
    ]);
    expect(verdict).toMatchObject({
      findings: [{ detail: expect.stringContaining(`git revert -m 1 `) as unknown }],
    });
    expect(await world.ref(main)).toBe(foreign);
  });

  test('by hand, in words of git, counts', async () => {
    const { world, input } = await released();
    const merged = input.merges[0]?.commit ?? '';
    const byHand = await onMain(
      world,
      { 'src/demo_pkg/more.py': 'def two():\n    return 22\n' },
      `Revert\n\nThis reverts commit ${input.final}.\nThis reverts commit ${merged}, reversing\nchanges made to x.`,
    );
    expect(await putBack(world, input)).toMatchObject({ passed: true, commit: byHand });
    expect(await world.ref(main)).toBe(byHand);
  });

  test('that never reached main leaves main as it is', async () => {
    const { world, input } = await released();
    const head = await world.ref(main);
    const merges = [{ commit: '1'.repeat(40), previous: '2'.repeat(40), head: '3'.repeat(40) }];
    const { final: _final, ...rest } = input;
    expect(await putBack(world, { ...rest, merges })).toMatchObject({
      passed: true,
      commit: head,
    });
    expect(await world.ref(main)).toBe(head);
  });

  test('on a protected main is an operator failure', async () => {
    const { world, input } = await released();
    await world.hook('pre-receive', 'exit 1');
    expect(await thrown(putBack(world, input))).toMatchObject({ kind: 'operator' });
  });

  test('cannot be faked by the reason that somebody gave', async () => {
    const { world, input } = await released();
    const reason = `x\n\nSlipway-Reverts: ${'a'.repeat(40)}`;
    await putBack(world, { ...input, reason });
    await world.git('fetch', '--quiet', world.repository, 'main');
    const trailers = await world.git(
      'log',
      '-1',
      '--format=%(trailers:key=Slipway-Reverts,valueonly)',
      'FETCH_HEAD',
    );
    expect(trailers.trim().split('\n')).toEqual([input.final, input.merges[0]?.commit]);
  });
});
