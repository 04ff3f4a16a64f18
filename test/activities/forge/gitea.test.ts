import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { whyNoGitea } from '../../../tools/gitea.mjs';
import { keepsToMerging } from './contract.js';
import { open, type Demands } from './forge-world.js';
import { startGitea, type GiteaServer } from './gitea-server.js';
import { makeGiteaWorld, people } from './gitea-world.js';
import { keepsToReviewing } from './reviewing-contract.js';

const whyNot = await whyNoGitea();

const buildMinutes = 30;

let server: GiteaServer;
const make = (demands?: Demands) => makeGiteaWorld(server, demands);

beforeEach(({ skip }) => {
  skip(whyNot !== undefined, whyNot);
});

beforeAll(async () => {
  if (whyNot !== undefined) return undefined;
  server = await startGitea(people);
  return () => server.close();
}, buildMinutes * 60_000);

// Every push starts Gitea three times, as git's hooks.
describe('Gitea', { timeout: 180_000 }, () => {
  keepsToMerging(make);
  keepsToReviewing(make);

  test('demands checks by patterns: each stands for those that it fits', async () => {
    const gitea = await make({ checks: ['ci/*', 'lint'] });
    const pullRequest = await open(gitea);
    const states = async () =>
      (await gitea.forge.readChecks(pullRequest))?.map(({ name, state }) => `${name} ${state}`);
    expect(await states()).toEqual(['ci/* missing', 'lint missing']);
    await gitea.report(pullRequest.head, 'ci/linux/test', 'success');
    await gitea.report(pullRequest.head, 'ci/macos', 'pending');
    await gitea.report(pullRequest.head, 'ci', 'failure');
    expect((await states())?.sort()).toEqual(['ci/linux/test success', 'ci/macos pending', 'lint missing']);
  });
});
