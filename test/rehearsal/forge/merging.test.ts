import { expect, test } from 'vitest';
import * as world from './world.js';

test('a pull request is opened, found, approved and merged at its head', async () => {
  const forge = await world.runningForge();
  const { number, head, branch } = await world.openPull(forge);
  const ada = world.clientOf(forge, 'ada');
  const grace = world.clientOf(forge, 'grace');
  const found = await ada.rest.pulls.list({ ...world.repository, head: `ada:${branch}`, base: 'main' });
  expect(found.data.map((pull) => pull.head.sha)).toEqual([head]);
  await grace.rest.pulls.createReview({ ...world.repository, pull_number: number, event: 'APPROVE' });
  const reviews = await ada.rest.pulls.listReviews({ ...world.repository, pull_number: number });
  expect(reviews.data).toMatchObject([{ state: 'APPROVED', commit_id: head, user: { login: 'grace' } }]);
  const before = await ada.rest.pulls.get({ ...world.repository, pull_number: number });
  expect(before.data).toMatchObject({ mergeable: true, mergeable_state: 'clean', merged: false });
  const merged = await ada.rest.pulls.merge({ ...world.repository, pull_number: number, sha: head });
  const after = await ada.rest.pulls.get({ ...world.repository, pull_number: number });
  expect(after.data).toMatchObject({ merged: true, merge_commit_sha: merged.data.sha, state: 'closed' });
  expect(await world.tipOf(forge, 'main')).toBe(merged.data.sha);
  expect(await world.tipOf(forge, 'main^2')).toBe(head);
});
