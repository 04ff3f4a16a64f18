import { describe, expect, test } from 'vitest';

import { forges } from '../../../src/activities/forge/forges.js';
import type { Forge } from '../../../src/activities/forge/forge.js';
import { branch, subject, thrown, titles } from '../git-world.js';
import { patience } from '../../setup/patience.js';
import { putBack } from '../reverting.js';
import { commitOn, merge, open, type Demands, type MakeForge, type ReviewingWorld } from './forge-world.js';
import { keepsToPages } from './pages-contract.js';
import { keepsToRules } from './rules-contract.js';

const main = 'refs/heads/main';
type Make = MakeForge<ReviewingWorld>;

/** What forges keep to where people review, checks run and pages are shown. */
export function keepsToReviewing(make: Make): void {
  describe('a pull request', () => keepsToPullRequests(make));
  describe('reviews', () => keepsToReviews(make));
  describe('checks', () => keepsToChecks(make));
  describe('a merge by the forge’s rules', () => keepsToRules(make));
  describe('a release page', () => keepsToPages(make));
  test('a workflow that publishes on a tag is told with its file and line, one that is started by hand is not', () =>
    findsTraps(make));
  test('the progress of a release is kept in one comment', () => tellsInOneComment(make));
  test('issues are listed that were opened since a moment, and neither older ones nor pull requests', () =>
    listsIssues(make));
  test('a push to a protected main is proposed instead', () => proposesRevert(make));
  test('a revert that was proposed is merged once its checks and approvals are there', () =>
    mergesRevert(make));
}

function keepsToPullRequests(make: Make): void {
  test('is opened once and brought up to date, with what ships in its body', async () => {
    const site = await make();
    const first = await open(site);
    expect(first).toMatchObject({ checks: 'forge', head: await site.world.ref(`refs/heads/${branch}`) });
    expect(await site.listPulls()).toMatchObject([{ title: 'Release demo-pkg 0.2.0', body: 'It ships.' }]);
    const proposal = { ...first, subject, base: 'main', branch, title: 'Release', body: 'It ships now.' };
    await site.forge.ensurePullRequest(proposal);
    expect(await site.listPulls()).toMatchObject([{ title: 'Release', body: 'It ships now.' }]);
  });

  test('is opened once although the answer was lost', async () => {
    const site = await make();
    site.loseAnswer(/\/pulls$/);
    await expect(open(site)).rejects.toThrow();
    await open(site);
    expect(await site.listPulls()).toHaveLength(1);
  });

  test('of somebody with a bad token is an operator failure that says what to do', async () => {
    const site = await make();
    const pullRequest = await open(site);
    const failed = await thrown(stranger(site).readReviews(branch, pullRequest.head));
    expect(failed).toMatchObject({ kind: 'operator' });
    expect(failed.message).toMatch(/token/);
  });
}

/** The same forge, asked with a token that it does not know. */
function stranger({ world }: ReviewingWorld): Forge {
  const secrets = { has: () => true, get: () => 'no-such-token' };
  return forges({ ...world.bench, secrets })(world.repository);
}

function keepsToReviews(make: Make): void {
  test('count on exactly the head, the last word of each person', async () => {
    const site = await make();
    const pullRequest = await open(site);
    const { head } = pullRequest;
    expect(await site.forge.readReviews(branch, head)).toEqual([]);
    await site.review('grace', pullRequest, 'reject', 'not yet');
    await site.review('linus', pullRequest, 'approve');
    expect(await site.forge.readReviews(branch, head)).toMatchObject([
      { by: 'grace', state: 'changes-requested', reason: 'not yet' },
      { by: 'linus', state: 'approved' },
    ]);
    await site.review('grace', pullRequest, 'approve');
    const states = (await site.forge.readReviews(branch, head)).map(({ state }) => state);
    expect(states).toEqual(['approved', 'approved']);
    const moved = await commitOn(site, branch, { 'more.txt': 'x' });
    expect(await site.forge.readReviews(branch, moved)).toEqual([]);
  });

  test('cannot be the author’s own', async () => {
    const site = await make();
    const pullRequest = await open(site);
    await expect(site.review('slipway', pullRequest, 'approve')).rejects.toThrow('422');
    expect(await site.forge.readReviews(branch, pullRequest.head)).toEqual([]);
  });

  test('that were withdrawn keep the merge from happening', async () => {
    const site = await make();
    const pullRequest = await open(site);
    await site.review('grace', pullRequest, 'approve');
    const [review] = await site.forge.readReviews(branch, pullRequest.head);
    const id = review?.id ?? '';
    await site.dismiss(pullRequest, id);
    expect(await site.forge.readReviews(branch, pullRequest.head)).toEqual([]);
    expect(titles(await merge(site, pullRequest, { reviews: [id] }))).toEqual([
      expect.stringContaining('was withdrawn: nothing was merged'),
    ]);
    expect(await site.world.ref(main)).toBe(pullRequest.previous);
  });
}

function keepsToChecks(make: Make): void {
  test('that the protection or the settings expect are named while they are missing', async () => {
    const site = await make({ checks: ['ci / test'], wanted: ['docs'] });
    const pullRequest = await open(site);
    const { head } = pullRequest;
    expect(await site.forge.readChecks(pullRequest)).toEqual([
      { name: 'docs', state: 'missing' },
      { name: 'ci / test', state: 'missing' },
    ]);
    await site.report(head, 'ci / test', 'success');
    await site.report(head, 'docs', 'failure');
    const awaitChecks = () =>
      site.world.activities.awaitChecks({ repository: site.world.repository, pullRequest });
    expect(titles(await awaitChecks())).toEqual(['The check docs is no success: failure']);
    await site.report(head, 'docs', 'pending');
    await expect(awaitChecks()).rejects.toMatchObject({
      type: 'not-yet',
      message: 'waits for docs (pending)',
    });
    await site.report(head, 'docs', 'success');
    await site.report(head, 'of no interest', 'failure');
    expect(await awaitChecks()).toMatchObject({ passed: true });
  });

  test('come with a protection of main, of which the forge tells', async () => {
    expect(await (await make()).forge.readProtection('main')).toBe(false);
    expect(await (await make({ checks: ['ci'] })).forge.readProtection('main')).toBe(true);
  });

  test('are all that there are where none is expected', async () => {
    const site = await make();
    const pullRequest = await open(site);
    expect(await site.forge.readChecks(pullRequest)).toEqual([]);
    await site.report(pullRequest.head, 'ci', 'success');
    expect(await site.forge.readChecks(pullRequest)).toMatchObject([{ name: 'ci', state: 'success' }]);
  });
}

async function findsTraps(make: Make): Promise<void> {
  const site = await make();
  const commit = await commitOn(site, branch, {
    '.github/workflows/release.yml':
      'on:\n  push:\n    tags: [v*]\njobs:\n  x:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n',
    '.github/workflows/hand.yml':
      'on: workflow_dispatch\njobs:\n  x:\n    steps:\n      - run: twine upload dist/*\n',
    '.github/workflows/tox.yml':
      'on: push\njobs:\n  x:\n    steps:\n      - run: tox -e release\n        env:\n          TWINE_PASSWORD: x\n',
    '.github/workflows/ci.yml':
      'on:\n  push:\n    branches: [main]\njobs:\n  x:\n    steps:\n      - run: pytest # no twine upload\n',
  });
  expect(await site.forge.readTraps(commit)).toEqual([
    expect.stringMatching(/^\.github\/workflows\/release\.yml:7 publishes by itself .* on a pushed tag/),
    expect.stringMatching(/^\.github\/workflows\/tox\.yml:7 publishes by itself \(TWINE_PASSWORD\)/),
  ]);
}

async function tellsInOneComment(make: Make): Promise<void> {
  const site = await make();
  await site.forge.ensureTold(branch, subject, ['nobody hears it']);
  const pullRequest = await open(site);
  await site.forge.ensureTold(branch, subject, ['one']);
  site.loseAnswer(/\/comments$/);
  await merge(site, pullRequest);
  await site.forge.ensureTold(branch, subject, ['one', 'two']);
  const comments = await site.listComments(pullRequest.id);
  expect(comments).toHaveLength(1);
  expect(comments[0]?.body).toMatch(/one[^]*Merged into main[^]*two/);
  expect(comments[0]?.body.match(/one/g)).toHaveLength(1);
}

/** A release that was merged where main takes nothing but approved pull requests, and whose revert was proposed. */
async function proposed(make: Make, demands: Demands = {}) {
  const site = await make({ approvals: 1, ...demands });
  const { activities, repository } = site.world;
  const pullRequest = await open(site);
  await site.review('grace', pullRequest, 'approve');
  for (const check of demands.checks ?? []) await site.report(pullRequest.head, check, 'success');
  const merged = await expect
    .poll(() => merge(site, pullRequest).catch(() => undefined), patience)
    .toMatchObject({ passed: true })
    .then(() => merge(site, pullRequest));
  if (!merged.passed) throw new Error('not merged');
  const { previous, head } = pullRequest;
  const merges = [{ commit: merged.commit, previous, head }];
  const order = { repository, base: 'main', branch, merges, tag: 'v0.2.0', subject, reason: 'it breaks' };
  const done = await putBack(site.world, order);
  if (!('state' in done) || done.state !== 'proposed') throw new Error('not proposed');
  const { revert, pull } = done;
  if (pull === undefined) throw new Error('no pull request');
  const proposal = { id: pull.id, head: revert.commit };
  return { site, order, done, proposal, wait: () => activities.awaitReverted({ ...order, revert, pull }) };
}

async function proposesRevert(make: Make): Promise<void> {
  const { site, order, done, proposal, wait } = await proposed(make);
  expect(await putBack(site.world, order)).toEqual(done);
  await expect(wait()).rejects.toMatchObject({ type: 'not-yet' });
  const proposals = (await site.listPulls()).filter(({ state }) => state === 'open');
  expect(proposals).toMatchObject([{ number: Number(proposal.id), head: { sha: proposal.head } }]);
  await site.review('linus', proposal, 'approve');
  await site.mergeByHand(proposal.id, 'squash');
  const reached = await wait();
  expect(reached).toMatchObject({ passed: true, commit: await site.world.ref(main) });
  expect(reached).not.toHaveProperty('untested');
}

async function mergesRevert(make: Make): Promise<void> {
  const { site, proposal, wait } = await proposed(make, { checks: ['ci'] });
  await expect(wait()).rejects.toMatchObject({ type: 'not-yet', message: 'waits for ci (missing)' });
  await site.report(proposal.head, 'ci', 'failure');
  expect(titles(await wait())).toEqual(['The check ci is no success: failure']);
  await site.report(proposal.head, 'ci', 'success');
  await expect(wait()).rejects.toMatchObject({ type: 'not-yet' });
  await site.review('linus', proposal, 'approve');
  const before = await site.world.ref(main);
  await expect.poll(() => wait().catch(() => undefined), patience).toMatchObject({ passed: true });
  expect(await site.world.ref(main)).not.toBe(before);
  expect((await site.listPulls()).filter(({ state }) => state === 'open')).toEqual([]);
  expect(await wait()).not.toHaveProperty('untested');
}

async function listsIssues(make: Make): Promise<void> {
  const site = await make();
  const old = await site.openIssue('grace', 'How do I use it?', 'I cannot find out.');
  await open(site);
  // Forges write their times in whole seconds.
  const since = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toISOString();
  await new Promise((resolve) => setTimeout(resolve, Date.parse(since) - Date.now()));
  await site.comment('linus', old, 'Since 0.2.0 not at all.');
  await site.openIssue('linus', '0.2.0 does not import', 'On Python 3.10 it says …');
  expect(await site.forge.listIssues?.(since)).toEqual([
    {
      url: expect.stringMatching(/\/issues\/\d+$/) as string,
      by: 'linus',
      title: '0.2.0 does not import',
      body: 'On Python 3.10 it says …',
    },
  ]);
}
