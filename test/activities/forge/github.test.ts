import { describe, expect, test } from 'vitest';

import { branch, titles } from '../git-world.js';
import { keepsToMerging } from './contract.js';
import { merge, open } from './forge-world.js';
import { makeGithubWorld } from './github-world.js';
import { keepsToReviewing } from './reviewing-contract.js';

describe('GitHub', () => {
  keepsToMerging(makeGithubWorld);
  keepsToReviewing(makeGithubWorld);

  test('is left alone as long as its rate limit asks', async () => {
    const github = await makeGithubWorld();
    github.standIn.misbehave({ path: /\/pulls/, fault: { kind: 'secondary-limit', retryAfter: 77 } });
    await expect(open(github)).rejects.toMatchObject({ type: 'too-many-requests', nextRetryDelay: '77s' });
  });

  test('that deletes merged branches is told of, and what was merged from one is found still', async () => {
    const github = await makeGithubWorld();
    expect(await github.forge.readLimits()).toEqual([]);
    github.standIn.configure('o/demo', { deleteBranchOnMerge: true });
    expect(await github.forge.readLimits()).toEqual([
      expect.stringMatching(/^the forge deletes the release branch as soon as it is merged/),
    ]);
    const pullRequest = await open(github);
    expect(await merge(github, pullRequest)).toMatchObject({ passed: true });
    expect(await github.world.ref(`refs/heads/${branch}`)).toBeUndefined();
    const { head, previous } = pullRequest;
    expect(await github.forge.readMerged(branch, 'main', head)).toMatchObject({ previous });
    expect(await github.forge.ensureBranchDeleted(branch, head)).toEqual({ state: 'done' });
  });

  test('has check runs beside statuses, and a skipped one is no success', async () => {
    const github = await makeGithubWorld();
    const pullRequest = await open(github);
    await github.report(pullRequest.head, 'ci', 'success');
    await github.as('slipway', 'POST', '/check-runs', {
      name: 'lint',
      head_sha: pullRequest.head,
      status: 'completed',
      conclusion: 'skipped',
    });
    const { repository, activities } = github.world;
    expect(titles(await activities.awaitChecks({ repository, pullRequest }))).toEqual([
      'The check lint is no success: skipped',
    ]);
  });
});
