import { describe, expect, test } from 'vitest';

import { titles } from '../git-world.js';
import { keepsToMerging } from './contract.js';
import { open } from './forge-world.js';
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
