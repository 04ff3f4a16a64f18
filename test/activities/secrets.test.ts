import { expect, onTestFinished, test } from 'vitest';

import { createSecretActivities } from '../../src/activities/secrets.js';
import { makeBench } from './support/bench.js';
import { fixture, makeRepository, pyprojectWith } from './support/repository.js';

test('the secrets that modes and applications need and the zone does not hold are named once', async () => {
  const [repository, bench] = [await makeRepository(), await makeBench({ secrets: { FX_KEY: 'x' } })];
  onTestFinished(async () => void (await Promise.all([repository.close(), bench.close()])));
  const more = '[tool.slipway.modes.quiet]\nsecrets = ["FX_KEY", "QUIET_KEY"]\n';
  const source = await repository.commit({
    ...fixture,
    ...pyprojectWith(
      'must-run = ["current", "deprecated"]\nsecrets = ["FX_KEY"]',
      'secrets = ["SHOP_KEY", "QUIET_KEY"]',
      more,
    ),
  });
  const { readMissingSecrets } = createSecretActivities(bench);
  expect((await readMissingSecrets({ source })).missing.sort()).toEqual(['QUIET_KEY', 'SHOP_KEY']);
});
