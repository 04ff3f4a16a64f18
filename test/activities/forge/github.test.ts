import { describe, expect, test } from 'vitest';

import type { PullRequest } from '../../../src/contract/activities.js';
import { branch, subject, thrown, titles } from '../git-world.js';
import { makeGithubWorld, type GithubWorld } from './github-world.js';

async function open({ world }: GithubWorld): Promise<PullRequest> {
  const source = await world.source(branch);
  const input = { source, base: 'main', branch, subject, title: 'Release demo-pkg 0.2.0', body: 'It ships.' };
  const verdict = await world.activities.ensurePullRequest(input);
  if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
  return verdict.pullRequest;
}

const merge = ({ world }: GithubWorld, pullRequest: PullRequest, reviews: string[] = []) =>
  world.activities.ensureMerged({
    repository: world.repository,
    base: 'main',
    branch,
    pullRequest,
    reviews,
    subject,
  });

const approve = (github: GithubWorld, by: string, { id, head }: PullRequest) =>
  github.as(by, 'POST', `/pulls/${id}/reviews`, { event: 'APPROVE', commit_id: head });

const succeed = (github: GithubWorld, context: string, { head }: PullRequest, state = 'success') =>
  github.as('grace', 'POST', `/statuses/${head}`, { state, context });

/** What the forge changed by itself or for somebody, from its own record. */
function changes({ standIn }: GithubWorld, type: string): number {
  return standIn.journal().filter((entry) => entry.kind === 'change' && entry.change.type === type).length;
}

describe('a pull request', () => {
  test('is opened once and found again, with what ships in its body', async () => {
    const github = await makeGithubWorld();
    const first = await open(github);
    expect(await open(github)).toEqual(first);
    expect(changes(github, 'pull-opened')).toBe(1);
    expect(await github.as('ada', 'GET', `/pulls/${first.id}`)).toMatchObject({
      title: 'Release demo-pkg 0.2.0',
      body: 'It ships.',
    });
    expect(first).toMatchObject({ checks: 'forge', head: await github.world.ref(`refs/heads/${branch}`) });
  });

  test('is opened once although the answer was lost', async () => {
    const github = await makeGithubWorld();
    github.standIn.misbehave({ method: 'POST', path: /\/pulls$/, fault: { kind: 'commit-then-drop' } });
    await expect(open(github)).rejects.toThrow();
    await open(github);
    expect(changes(github, 'pull-opened')).toBe(1);
  });

  test('of somebody with a bad token is an operator failure that says what to do', async () => {
    const github = await makeGithubWorld();
    github.standIn.misbehave({
      path: /\/pulls/,
      fault: { kind: 'answer', status: 401, message: 'Bad credentials' },
    });
    expect(await thrown(open(github))).toMatchObject({ kind: 'operator' });
  });

  test('waits as long as a rate limit asks', async () => {
    const github = await makeGithubWorld();
    github.standIn.misbehave({ path: /\/pulls/, fault: { kind: 'secondary-limit', retryAfter: 77 } });
    await expect(open(github)).rejects.toMatchObject({ type: 'too-many-requests', nextRetryDelay: '77s' });
  });
});

describe('reviews', () => {
  test('count on exactly the head, the last word of each person, and never the author’s own', async () => {
    const github = await makeGithubWorld();
    const pullRequest = await open(github);
    const { id, head } = pullRequest;
    expect(await github.forge.readReviews(branch, head)).toEqual([]);
    await github.as('grace', 'POST', `/pulls/${id}/reviews`, {
      event: 'REQUEST_CHANGES',
      body: 'not yet',
      commit_id: head,
    });
    await approve(github, 'linus', pullRequest);
    expect(await github.forge.readReviews(branch, head)).toMatchObject([
      { by: 'grace', state: 'changes-requested', reason: 'not yet' },
      { by: 'linus', state: 'approved' },
    ]);
    await approve(github, 'grace', pullRequest);
    expect((await github.forge.readReviews(branch, head)).map(({ state }) => state)).toEqual([
      'approved',
      'approved',
    ]);
    await github.world.commit({ 'more.txt': 'x' });
    await github.world.push(branch);
    const moved = (await github.world.ref(`refs/heads/${branch}`)) ?? '';
    expect(await github.forge.readReviews(branch, moved)).toEqual([]);
  });

  test('that were withdrawn keep the merge from happening', async () => {
    const github = await makeGithubWorld();
    const pullRequest = await open(github);
    await approve(github, 'grace', pullRequest);
    const [review] = await github.forge.readReviews(branch, pullRequest.head);
    await github.as('ada', 'PUT', `/pulls/${pullRequest.id}/reviews/${review?.id ?? ''}/dismissals`, {
      message: 'a mistake',
    });
    expect(titles(await merge(github, pullRequest, [review?.id ?? '']))).toEqual([
      expect.stringContaining('was withdrawn: nothing was merged'),
    ]);
    expect(await github.world.ref('refs/heads/main')).toBe(pullRequest.previous);
  });
});

describe('checks', () => {
  test('that the protection or the settings expect are named while they are missing', async () => {
    const github = await makeGithubWorld(
      { protection: { main: { requiredChecks: ['ci / test'] } } },
      { checks: ['docs'] },
    );
    const pullRequest = await open(github);
    expect(await github.forge.readChecks(pullRequest)).toEqual([
      { name: 'docs', state: 'missing' },
      { name: 'ci / test', state: 'missing' },
    ]);
    await succeed(github, 'ci / test', pullRequest);
    await succeed(github, 'docs', pullRequest, 'failure');
    const { repository } = github.world;
    expect(titles(await github.world.activities.awaitChecks({ repository, pullRequest }))).toEqual([
      'The check docs is no success: failure',
    ]);
    await succeed(github, 'docs', pullRequest);
    expect(await github.world.activities.awaitChecks({ repository, pullRequest })).toMatchObject({
      passed: true,
    });
  });

  test('count as statuses and as check runs, and a skipped one is no success', async () => {
    const github = await makeGithubWorld();
    const pullRequest = await open(github);
    await succeed(github, 'ci', pullRequest, 'pending');
    const { repository } = github.world;
    await expect(github.world.activities.awaitChecks({ repository, pullRequest })).rejects.toMatchObject({
      type: 'not-yet',
      message: 'waits for ci (pending)',
    });
    await succeed(github, 'ci', pullRequest);
    await github.as('slipway', 'POST', '/check-runs', {
      name: 'lint',
      head_sha: pullRequest.head,
      status: 'completed',
      conclusion: 'skipped',
    });
    expect(titles(await github.world.activities.awaitChecks({ repository, pullRequest }))).toEqual([
      'The check lint is no success: skipped',
    ]);
  });
});

describe('a merge', () => {
  test.each(['merge', 'squash', 'rebase'] as const)(
    'by %s makes exactly the tree that was judged, and is found again',
    async (method) => {
      const github = await makeGithubWorld({ mergeMethods: [method] });
      const pullRequest = await open(github);
      const verdict = await merge(github, pullRequest);
      expect(verdict).toMatchObject({ passed: true });
      expect(await merge(github, pullRequest)).toEqual(verdict);
      expect(await github.forge.readMerged(branch, 'main', pullRequest.head)).toEqual({
        merge: await github.world.ref('refs/heads/main'),
        previous: pullRequest.previous,
      });
      expect(changes(github, 'pull-merged')).toBe(1);
      expect(await open(github)).toMatchObject({ id: pullRequest.id });
    },
  );

  test.each(['commit-then-drop', 'half-merge'] as const)(
    'whose answer is lost (%s) is done once and found on the base',
    async (kind) => {
      const github = await makeGithubWorld();
      const pullRequest = await open(github);
      github.standIn.misbehave({ method: 'PUT', path: /\/merge$/, fault: { kind } });
      expect(await merge(github, pullRequest)).toMatchObject({
        passed: true,
        commit: await github.world.ref('refs/heads/main'),
      });
      expect(await github.world.changes('refs/heads/main')).toBe(2);
    },
  );

  test('does not happen once main or the branch has moved', async () => {
    const github = await makeGithubWorld();
    const pullRequest = await open(github);
    await github.world.commit({ 'more.txt': 'x' });
    await github.world.push(branch);
    expect(titles(await merge(github, pullRequest))).toEqual([
      expect.stringMatching(/^release\/0\.2\.0 moved/),
    ]);
    await github.world.git('switch', '--quiet', 'main');
    await github.world.commit({ 'other.txt': 'x' });
    await github.world.push('main');
    expect(titles(await merge(github, pullRequest))).toEqual([expect.stringMatching(/^main moved/)]);
  });

  test('waits for the rules of the base branch, and goes through once they are met', async () => {
    const github = await makeGithubWorld({ protection: { main: { requiredApprovals: 1 } } });
    const pullRequest = await open(github);
    const { repository } = github.world;
    await expect(github.world.activities.awaitMergeable({ repository, pullRequest })).rejects.toMatchObject({
      type: 'not-yet',
    });
    expect(await thrown(merge(github, pullRequest))).toMatchObject({ kind: 'operator' });
    await approve(github, 'grace', pullRequest);
    await github.world.activities.awaitMergeable({ repository, pullRequest });
    expect(await merge(github, pullRequest)).toMatchObject({ passed: true });
  });
});

test('a push to a protected main is proposed instead, and the progress stands in one comment', async () => {
  const github = await makeGithubWorld({ protection: { main: { requiredApprovals: 1 } } });
  const pullRequest = await open(github);
  await approve(github, 'grace', pullRequest);
  const merged = await merge(github, pullRequest);
  if (!merged.passed) throw new Error('not merged');
  const { world } = github;
  const { repository } = world;
  const order = {
    repository,
    base: 'main',
    branch,
    merges: [{ commit: merged.commit, previous: pullRequest.previous }],
    tag: 'v0.2.0',
    subject,
    reason: 'it breaks',
  };
  const reverted = await world.activities.ensureReverted(order);
  expect(reverted).toMatchObject({ passed: true, proposed: true });
  await expect(world.activities.awaitReverted(order)).rejects.toMatchObject({ type: 'not-yet' });
  const [proposal] = (await github.as('ada', 'GET', '/pulls?state=open')) as unknown as {
    number: number;
    head: { sha: string };
  }[];
  await approve(github, 'linus', {
    ...pullRequest,
    id: String(proposal?.number),
    head: proposal?.head.sha ?? '',
  });
  await github.as('ada', 'PUT', `/pulls/${String(proposal?.number)}/merge`, { merge_method: 'squash' });
  expect((await world.activities.awaitReverted(order)).evidence.what).toContain(
    'nothing of 0.2.0 is left on main',
  );

  await github.forge.ensureTold(branch, subject, ['one']);
  await github.forge.ensureTold(branch, subject, ['one', 'two']);
  const comments = (await github.as('ada', 'GET', `/issues/${pullRequest.id}/comments`)) as unknown as {
    body: string;
  }[];
  expect(comments).toHaveLength(1);
  expect(comments[0]?.body).toMatch(/Merged into main[^]*one[^]*two/);
});
