import { expect, test } from 'vitest';

import { forges } from '../../src/activities/forge/forges.js';
import type { PublishParts } from '../../src/activities/parts.js';
import { composePublishing } from '../../src/activities/publishing.js';
import { branch, makeWorld, subject, type World } from './git-world.js';

const proposal = 'refs/heads/slipway/version-0.2.0';

/** Only what speaks to git is asked; an index has no part in taking main back. */
function publishing({ activities, bench }: World) {
  const parts = activities as typeof activities & PublishParts;
  return composePublishing(parts, bench, forges(bench));
}

/** A release whose merge is on main and whose final version was proposed, since main had moved. */
async function proposed(world: World) {
  const { repository, activities } = world;
  const source = await world.source(branch);
  const wanted = { source, base: 'main', branch, subject, title: 'Release', body: '' };
  const opened = await activities.ensurePullRequest(wanted);
  if (!opened.passed) throw new Error('no pull request');
  const { pullRequest } = opened;
  const { merge: parent, previous, head } = pullRequest;
  await activities.ensureMerged({ repository, base: 'main', branch, pullRequest, reviews: [], subject });
  const merged = { ...source, commit: parent };
  const final = await activities.ensureVersionCommit({ source: merged, version: '0.2.0', subject });
  if (!final.passed) throw new Error('no final commit');
  const { commit } = final;
  await world.git('fetch', '--quiet', repository, 'main');
  await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
  await world.commit({ 'other.txt': 'x' });
  await world.push('main');
  await activities.ensureFinalOnBase({ repository, base: 'main', commit, parent, subject });
  expect(await world.ref(proposal)).toBe(commit);
  const merges = [{ commit: parent, previous, head }];
  const order = { repository, base: 'main', branch, merges, final: commit, tag: 'v0.2.0', subject };
  return { ...order, reason: 'it breaks' };
}

test('a release that is taken back leaves no proposal of its version behind', async () => {
  const world = await makeWorld();
  const order = await proposed(world);
  const { ensureRevertMade } = publishing(world);
  for (let i = 0; i < 2; i++) expect(await ensureRevertMade(order)).toMatchObject({ passed: true });
  expect(await world.ref(proposal)).toBeUndefined();
});

test('a proposal that somebody has gone on from is kept, and named', async () => {
  const world = await makeWorld();
  const order = await proposed(world);
  await world.git('fetch', '--quiet', world.repository, proposal);
  await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
  const foreign = await world.commit({ 'more.txt': 'x' });
  await world.push('slipway/version-0.2.0');
  const verdict = await publishing(world).ensureRevertMade(order);
  expect(verdict.evidence.map(({ what }) => what).join('\n')).toContain('slipway/version-0.2.0 was kept');
  expect(await world.ref(proposal)).toBe(foreign);
});
