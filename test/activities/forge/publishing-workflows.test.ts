import { beforeEach, describe, expect, test } from 'vitest';

import { createPublishExaminations } from '../../../src/activities/examining/publish.js';
import { forges } from '../../../src/activities/forge/forges.js';
import { createTermsActivities } from '../../../src/activities/terms.js';
import type { PublishingWorkflows } from '../../../src/config/forge-schema.js';
import type { Settings } from '../../../src/config/settings.js';
import { sentenceOf } from '../../../src/contract/preconditions.js';
import { runningIndex } from '../../rehearsal/index/tools.js';
import { branch, subject } from '../git-world.js';
import { addressOf, neverBefore } from '../support/bench.js';
import { commitOn } from './forge-world.js';
import { makeGithubWorld, type GithubWorld } from './github-world.js';

const publishes =
  '.github/workflows/release.yml:5 publishes by itself (pypa/gh-action-pypi-publish) on a release, and so would upload other bytes beside this release: have it run by hand only (workflow_dispatch), or take it out.';
const known = `a real release would be refused, because ${publishes}`;
const seen = 'No workflow of the branch uploads beside this release';

let github: GithubWorld;
beforeEach(async () => {
  github = await makeGithubWorld();
  await commitOn(github, branch, {
    '.github/workflows/release.yml':
      'on: release\njobs:\n  x:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n',
  });
});

/** What the publish zone says to a start, and to doctor, where the settings have this choice. */
async function ask(publishingWorkflows: PublishingWorkflows, more: Partial<Settings> = {}) {
  const { bench, activities } = github.world;
  const [production, test] = await Promise.all([runningIndex(), runningIndex()]);
  const { packages } = bench.settings;
  const setting = packages[subject.package];
  if (setting === undefined) throw new Error('the world has no package');
  const settings = {
    ...bench.settings,
    ...more,
    production: { ...bench.settings.production, ...addressOf('production', production) },
    test: { ...bench.settings.test, ...addressOf('test', test) },
    packages: { [subject.package]: { ...setting, forge: { ...setting.forge, publishingWorkflows } } },
  };
  const secrets = { has: () => true, get: (name: string) => bench.secrets.get(name) };
  const asked = { ...bench, settings, secrets };
  const openForge = forges(asked);
  const request = { ...subject, by: 'ada', wait: false, acceptUnisolated: false };
  const started = await createTermsActivities(asked, activities, openForge, neverBefore).readTerms({
    request,
  });
  const { preconditions } = await createPublishExaminations(asked, openForge, neverBefore).examinePublish({
    request,
  });
  const said = (state: string) => preconditions.filter((each) => each.state === state).map(sentenceOf);
  return { started, passes: said('pass'), fails: said('fail') };
}

describe('a workflow of the branch that publishes by itself', () => {
  test('refuses the release, and fails before it', async () => {
    const { started, passes, fails } = await ask('refuse');
    expect(started).toEqual({ problems: [publishes] });
    expect(fails).toEqual([publishes]);
    expect(passes).not.toContain(seen);
  });

  test('is a term that people know of where the settings tell it, and refuses nothing', async () => {
    const { started, passes, fails } = await ask('tell');
    expect(started).toHaveProperty('terms.limits', [known]);
    expect(fails).toEqual([]);
    expect(passes).toContain(`Know that ${known}`);
    expect(passes).not.toContain(seen);
  });

  test('is known of also while something else fails', async () => {
    const { passes, fails } = await ask('tell', { quorum: 2 });
    expect(fails).toEqual([expect.stringMatching(/^2 approvals are needed/)]);
    expect(passes).toContain(`Know that ${known}`);
  });
});
