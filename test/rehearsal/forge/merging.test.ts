import { describe, expect, test } from 'vitest';
import { patience } from '../../setup/patience.js';
import * as world from './world.js';

const { repository } = world;

test('a pull request is opened, found, approved and merged at its head', async () => {
  const forge = await world.runningForge();
  const { number, head, branch } = await world.openPull(forge);
  const ada = world.clientOf(forge, 'ada');
  const found = await ada.rest.pulls.list({ ...repository, head: `ada:${branch}`, base: 'main' });
  expect(found.data.map((pull) => pull.head.sha)).toEqual([head]);
  await world.approve(forge, number, 'grace');
  const before = await ada.rest.pulls.get({ ...repository, pull_number: number });
  expect(before.data).toMatchObject({ mergeable: true, mergeable_state: 'clean', merged: false });
  const { data } = await ada.rest.pulls.merge({ ...repository, pull_number: number, sha: head });
  expect(data).toMatchObject({ merged: true, message: 'Pull Request successfully merged' });
  const after = await ada.rest.pulls.get({ ...repository, pull_number: number });
  expect(after.data).toMatchObject({ merged: true, merge_commit_sha: data.sha, state: 'closed' });
  expect(after.data.merged_by?.login).toBe('ada');
  expect(await world.tipOf(forge, 'main')).toBe(data.sha);
  expect(await world.tipOf(forge, 'main^2')).toBe(head);
  expect(world.changesOf(forge).slice(-2)).toEqual(['pull-merged', 'ref-updated']);
});

describe('the commit on the base branch', () => {
  test.each([
    ['merge', 2, 'Merge pull request #1 from ada/release/1.0.0\n\nRelease of release/1.0.0'],
    ['squash', 1, 'Release of release/1.0.0 (#1)\n\n* Changes release/1.0.0\n\n* Second'],
    ['rebase', 1, 'Second'],
  ] as const)('of a %s has %i parents and a message', async (merge_method, parents, message) => {
    const forge = await world.runningForge();
    const { number, branch } = await world.openPull(forge);
    await world.commitTo(forge, branch, { 'second.txt': 'two\n' }, { message: 'Second' });
    const base = await world.commitTo(forge, 'main', { 'other.txt': 'other\n' });
    const ada = world.clientOf(forge, 'ada');
    const { data } = await ada.rest.pulls.merge({ ...repository, pull_number: number, merge_method });
    const made = await ada.rest.git.getCommit({ ...repository, commit_sha: data.sha });
    expect(made.data.parents).toHaveLength(parents);
    expect(made.data.message).toBe(message);
    expect(await world.tipOf(forge, merge_method === 'rebase' ? 'main~2' : 'main~1')).toBe(base);
    const tree = await ada.rest.git.getTree({ ...repository, tree_sha: data.sha });
    expect(tree.data.tree.map((entry) => entry.path)).toEqual([
      'README.md',
      'change.txt',
      'other.txt',
      'second.txt',
    ]);
  });

  test('says what the request says', async () => {
    const forge = await world.runningForge();
    const { number } = await world.openPull(forge);
    const ada = world.clientOf(forge, 'ada');
    const said = { commit_title: 'Release 1.0.0', commit_message: 'Slipway-Release: 1.0.0' };
    const { data } = await ada.rest.pulls.merge({ ...repository, pull_number: number, ...said });
    const made = await ada.rest.git.getCommit({ ...repository, commit_sha: data.sha });
    expect(made.data.message).toBe('Release 1.0.0\n\nSlipway-Release: 1.0.0');
  });
});

test('of two merges at once both win or one is refused; nothing is lost and nothing made twice', async () => {
  const forge = await world.runningForge();
  const [first, second] = [
    await world.openPull(forge, { branch: 'first', files: { 'first.txt': '1\n' } }),
    await world.openPull(forge, { branch: 'second', files: { 'second.txt': '2\n' } }),
  ];
  const ada = world.clientOf(forge, 'ada');
  const merge = (number: number) => ada.rest.pulls.merge({ ...repository, pull_number: number });
  const outcomes = await Promise.allSettled([first, second, first].map(({ number }) => merge(number)));
  const merged = [first, second].map(({ number }) =>
    forge
      .journal()
      .filter(
        (entry) =>
          entry.kind === 'change' && entry.change.type === 'pull-merged' && entry.change.number === number,
      ),
  );
  expect(merged.flat().length).toBe(outcomes.filter(({ status }) => status === 'fulfilled').length);
  expect(merged.every((changes) => changes.length <= 1)).toBe(true);
  for (const { number } of [first, second]) {
    const { data } = await ada.rest.pulls.get({ ...repository, pull_number: number });
    if (!data.merged) await merge(number);
  }
  const log = await world.git(forge.gitFolder(world.fullName), 'log', '--format=%s', '--merges', 'main');
  expect(log.output.split('\n').sort()).toEqual([
    'Merge pull request #1 from ada/first',
    'Merge pull request #2 from ada/second',
  ]);
});

test('a skipped check is green to GitHub, and so here', async () => {
  const forge = await world.runningForge({
    protection: { main: { requiredChecks: ['tests'], enforceAdmins: true } },
  });
  const { number, head } = await world.openPull(forge);
  await world.clientOf(forge, 'slipway[bot]').rest.checks.create({
    ...repository,
    name: 'tests',
    head_sha: head,
    status: 'completed',
    conclusion: 'skipped',
  });
  const { data } = await world
    .clientOf(forge, 'ada')
    .rest.pulls.merge({ ...repository, pull_number: number });
  expect(data.merged).toBe(true);
});

test('an administrator whom protection does not bind may merge all the same', async () => {
  const forge = await world.runningForge({ protection: { main: { requiredApprovals: 1 } } });
  const { number } = await world.openPull(forge);
  const merge = (login: string) =>
    world.clientOf(forge, login).rest.pulls.merge({ ...repository, pull_number: number });
  expect((await world.refusalOf(merge('grace'))).status).toBe(405);
  expect((await merge('ada')).data.merged).toBe(true);
});

test('mergeability is unknown at first', async () => {
  const forge = await world.runningForge({}, { mergeabilityDelay: 150 });
  await world.commitTo(forge, 'topic', { 'a.txt': 'a\n' });
  const ada = world.clientOf(forge, 'ada');
  const wanted = { ...repository, title: 'New', head: 'topic', base: 'main' };
  const { data: fresh } = await ada.rest.pulls.create(wanted);
  expect(fresh).toMatchObject({ mergeable: null, mergeable_state: 'unknown', merge_commit_sha: null });
  const look = async () => (await ada.rest.pulls.get({ ...repository, pull_number: fresh.number })).data;
  await expect.poll(async () => (await look()).mergeable, patience).toBe(true);
  const { merge_commit_sha } = await look();
  expect(await world.tipOf(forge, `refs/pull/${fresh.number}/merge`)).toBe(merge_commit_sha);
});

test('the head branch is deleted after the merge where that is set', async () => {
  const forge = await world.runningForge({ deleteBranchOnMerge: true });
  const { number, head, branch } = await world.openPull(forge);
  await world.clientOf(forge, 'ada').rest.pulls.merge({ ...repository, pull_number: number });
  expect(await world.tipOf(forge, `refs/heads/${branch}`)).toBeUndefined();
  expect(await world.tipOf(forge, `refs/pull/${number}/head`)).toBe(head);
});

test('a merge that somebody pushes closes the pull request as merged', async () => {
  const forge = await world.runningForge();
  const { number, branch } = await world.openPull(forge);
  const folder = await world.cloneOf(forge);
  await world.git(folder, 'merge', '--quiet', '--no-ff', '-m', 'By hand', `origin/${branch}`);
  expect(await world.git(folder, 'push', '--quiet', 'origin', 'main')).toMatchObject({ code: 0 });
  const { data } = await world.clientOf(forge, 'ada').rest.pulls.get({ ...repository, pull_number: number });
  expect(data).toMatchObject({ merged: true, merge_commit_sha: await world.tipOf(forge, 'main') });
});
