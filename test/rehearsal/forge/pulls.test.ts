import { describe, expect, test } from 'vitest';
import * as world from './world.js';

const { repository } = world;

describe('opening a pull request', () => {
  test.each([
    ['of a branch that is not there', { head: 'nowhere' }, '"field":"head","code":"invalid"'],
    ['into a branch that is not there', { base: 'nowhere' }, '"field":"base","code":"invalid"'],
    ["of somebody else's repository", { head: 'mallory:topic' }, '"field":"head","code":"invalid"'],
    ['a second time', {}, 'A pull request already exists for ada:topic.'],
    ['that changes nothing', { head: 'main' }, 'No commits between main and main'],
    ['without a title', { title: undefined }, '"field":"title","code":"missing_field"'],
  ])('%s is refused', async (_name, wish, message) => {
    const forge = await world.runningForge();
    await world.openPull(forge, { branch: 'topic' });
    const usual = { ...repository, title: 'Again', head: 'topic', base: 'main' };
    const { title, ...wanted } = { ...usual, ...wish };
    const opening = world
      .clientOf(forge, 'grace')
      .rest.pulls.create({ ...wanted, ...(title === undefined ? {} : { title }) });
    const refusal = await world.refusalOf(opening);
    expect(refusal.status).toBe(422);
    expect(refusal.message).toContain(message);
  });

  test('twice at once opens one', async () => {
    const forge = await world.runningForge();
    await world.commitTo(forge, 'topic', { 'a.txt': 'a\n' });
    const ada = world.clientOf(forge, 'ada');
    const open = () => ada.rest.pulls.create({ ...repository, title: 'One', head: 'topic', base: 'main' });
    const outcomes = await Promise.allSettled([open(), open(), open()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});

test('lists are filtered and come in pages with links to the others', async () => {
  const forge = await world.runningForge();
  for (const branch of ['a', 'b', 'c']) await world.openPull(forge, { branch, files: { [branch]: branch } });
  const ada = world.clientOf(forge, 'ada');
  await ada.rest.pulls.update({ ...repository, pull_number: 2, state: 'closed' });
  const page = await ada.rest.pulls.list({ ...repository, state: 'all', per_page: 2 });
  expect(page.data.map(({ number }) => number)).toEqual([3, 2]);
  expect(page.headers.link).toMatch(/<[^>]+page=2>; rel="next".*<[^>]+page=2>; rel="last"/);
  const all = await ada.paginate(ada.rest.pulls.list, { ...repository, state: 'all', per_page: 1 });
  expect(all.map(({ number }) => number)).toEqual([3, 2, 1]);
  const numbers = async (filter: object) =>
    (await ada.rest.pulls.list({ ...repository, ...filter })).data.map(({ number }) => number);
  expect(await numbers({})).toEqual([3, 1]);
  expect(await numbers({ state: 'closed' })).toEqual([2]);
  expect(await numbers({ head: 'ada:c' })).toEqual([3]);
  expect(await numbers({ head: 'mallory:c' })).toEqual([]);
  expect(await numbers({ base: 'a', state: 'all' })).toEqual([]);
});

test('a pull request is edited, closed and opened again', async () => {
  const forge = await world.runningForge();
  const { number } = await world.openPull(forge);
  const ada = world.clientOf(forge, 'ada');
  const edit = async (wish: object) =>
    (await ada.rest.pulls.update({ ...repository, pull_number: number, ...wish })).data;
  expect(await edit({ title: 'New', body: 'What ships' })).toMatchObject({
    title: 'New',
    body: 'What ships',
  });
  expect(await edit({ state: 'closed' })).toMatchObject({ state: 'closed', merged: false });
  expect(await edit({ state: 'open' })).toMatchObject({ state: 'open', closed_at: null });
  expect(world.changesOf(forge).slice(-3)).toEqual(['pull-edited', 'pull-closed', 'pull-reopened']);
});

test('a push to the head moves the pull request, and a deleted head closes it', async () => {
  const forge = await world.runningForge();
  const { number, branch } = await world.openPull(forge);
  const next = await world.commitTo(forge, branch, { 'change.txt': 'two\n' });
  const ada = world.clientOf(forge, 'ada');
  const look = async () => (await ada.rest.pulls.get({ ...repository, pull_number: number })).data;
  expect(await look()).toMatchObject({ head: { sha: next }, commits: 2, changed_files: 1, state: 'open' });
  expect(await world.tipOf(forge, `refs/pull/${number}/head`)).toBe(next);
  await ada.rest.git.deleteRef({ ...repository, ref: `heads/${branch}` });
  expect(await look()).toMatchObject({ head: { sha: next }, state: 'closed', merged: false });
});

describe('reviews', () => {
  test('of the author are refused, of others they stand with their commit', async () => {
    const forge = await world.runningForge();
    const { number, head } = await world.openPull(forge, { by: 'ada' });
    for (const [event, message] of [
      ['APPROVE', 'Unprocessable Entity: "Can not approve your own pull request"'],
      ['REQUEST_CHANGES', 'Unprocessable Entity: "Can not request changes on your own pull request"'],
    ] as const) {
      const own = { ...repository, pull_number: number, event, body: 'Mine' };
      const refusal = await world.refusalOf(world.clientOf(forge, 'ada').rest.pulls.createReview(own));
      expect(refusal).toEqual({ status: 422, message });
    }
    await world.approve(forge, number, 'linus');
    const { data } = await world
      .clientOf(forge, 'ada')
      .rest.pulls.listReviews({ ...repository, pull_number: number });
    expect(data.map((it) => [it.user?.login, it.state, it.commit_id])).toEqual([['linus', 'APPROVED', head]]);
  });

  test('become stale by a push where the branch says so, and only there', async () => {
    for (const dismissStaleReviews of [true, false]) {
      const forge = await world.runningForge({
        protection: { main: { requiredApprovals: 1, dismissStaleReviews, enforceAdmins: true } },
      });
      const { number, branch, head } = await world.openPull(forge);
      await world.approve(forge, number, 'grace');
      await world.commitTo(forge, branch, { 'change.txt': 'two\n' });
      const ada = world.clientOf(forge, 'ada');
      const { data } = await ada.rest.pulls.listReviews({ ...repository, pull_number: number });
      const state = dismissStaleReviews ? 'DISMISSED' : 'APPROVED';
      expect(data.map((it) => [it.state, it.commit_id])).toEqual([[state, head]]);
      const pull = await ada.rest.pulls.get({ ...repository, pull_number: number });
      expect(pull.data.mergeable_state).toBe(dismissStaleReviews ? 'blocked' : 'clean');
    }
  });

  test('count until they are withdrawn or contradicted, and only of those who may write', async () => {
    const forge = await world.runningForge({
      protection: { main: { requiredApprovals: 1, enforceAdmins: true } },
    });
    const { number } = await world.openPull(forge);
    const ada = world.clientOf(forge, 'ada');
    const merge = () => ada.rest.pulls.merge({ ...repository, pull_number: number });
    const missing = 'At least 1 approving review is required by reviewers with write access.';
    await world.approve(forge, number, 'mallory');
    expect((await world.refusalOf(merge())).message).toBe(missing);
    const review_id = await world.approve(forge, number, 'grace');
    await ada.rest.pulls.dismissReview({
      ...repository,
      pull_number: number,
      review_id,
      message: 'Too early',
    });
    expect((await world.refusalOf(merge())).message).toBe(missing);
    await world.approve(forge, number, 'grace');
    const against = { ...repository, pull_number: number, event: 'REQUEST_CHANGES', body: 'No' } as const;
    await world.clientOf(forge, 'linus').rest.pulls.createReview(against);
    expect((await world.refusalOf(merge())).message).toBe('Changes have been requested.');
    await world.approve(forge, number, 'linus');
    expect((await merge()).data.merged).toBe(true);
  });
});

test('comments are written, changed, listed and deleted', async () => {
  const forge = await world.runningForge();
  const { number } = await world.openPull(forge);
  const app = world.clientOf(forge, 'slipway[bot]');
  const made = await app.rest.issues.createComment({ ...repository, issue_number: number, body: 'Step 1' });
  const comment_id = Number(made.data.id);
  const changed = await app.rest.issues.updateComment({ ...repository, comment_id, body: 'Step 2' });
  expect(changed.data).toMatchObject({ body: 'Step 2', user: { login: 'slipway[bot]', type: 'Bot' } });
  const list = () => app.rest.issues.listComments({ ...repository, issue_number: number });
  expect((await list()).data.map(({ body }) => body)).toEqual(['Step 2']);
  const theirs = world
    .clientOf(forge, 'mallory')
    .rest.issues.updateComment({ ...repository, comment_id, body: 'Mine' });
  expect((await world.refusalOf(theirs)).status).toBe(403);
  await app.rest.issues.deleteComment({ ...repository, comment_id });
  expect((await list()).data).toEqual([]);
});
