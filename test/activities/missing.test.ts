import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { createMissingActivities } from '../../src/activities/missing.js';
import type { Settings } from '../../src/config/settings.js';
import { makeBench } from './support/bench.js';
import { ownPython } from './support/pythons.js';
import { fixture, makeRepository, pyprojectWith, type Files, type Repository } from './support/repository.js';

let repository: Repository;

beforeAll(async () => {
  repository = await makeRepository();
});

afterAll(() => repository.close());

async function problems(changes: Files, settings: Partial<Settings> = {}): Promise<string[]> {
  const bench = await makeBench({ secrets: { FX_KEY: 'x' }, settings });
  onTestFinished(() => bench.close());
  const source = await repository.commit({ ...fixture, ...changes });
  return (await createMissingActivities(bench).readMissing({ source })).problems;
}

test('nothing is missing where the zone holds the secrets and runs the one Python that is not named', async () => {
  expect(await problems({})).toEqual([]);
});

test('the secrets that modes and applications need and the zone does not hold are named once', async () => {
  const changes = pyprojectWith(
    'must-run = ["current", "deprecated"]\nsecrets = ["FX_KEY"]',
    'secrets = ["SHOP_KEY", "QUIET_KEY"]',
    '[tool.slipway.modes.quiet]\nsecrets = ["FX_KEY", "QUIET_KEY"]\n',
  );
  expect((await problems(changes)).sort()).toEqual([
    'The secret QUIET_KEY is missing: list it under build-secrets in slipway.toml and set QUIET_KEY (or QUIET_KEY_FILE) for the worker.',
    expect.stringMatching(/^The secret SHOP_KEY is missing: /),
  ]);
});

test('every Python that the machine does not have is named with what to do', async () => {
  const own = ownPython();
  const changes = pyprojectWith('[tool.slipway]', `[tool.slipway]\npythons = ["3.98.1", "${own}", "3.97"]`);
  expect(await problems(changes)).toEqual([
    "Python 3.97 is missing: put python3.97 on the worker's PATH, or run `uv python install 3.97` as its user, or set python-downloads = true in slipway.toml.",
    expect.stringMatching(/^Python 3\.98\.1 is missing: put python3\.98 on .* `uv python install 3\.98\.1` /),
  ]);
});

test('a download that comes to nothing says why', async () => {
  const changes = pyprojectWith('[tool.slipway]', '[tool.slipway]\npythons = ["3.97"]');
  expect(await problems(changes, { pythonDownloads: true })).toEqual([
    expect.stringMatching(/^Python 3\.97 is missing and could not be downloaded \(.*3\.97.*\): put /),
  ]);
});

test('a package that the Python of the service is too old for has to name one', async () => {
  const changes = pyprojectWith('requires-python = ">=3.10"', 'requires-python = ">=3.97"');
  expect(await problems(changes)).toEqual([
    `fx-demo requires Python >=3.97, and the service's own is ${ownPython()}: name one as pythons under [tool.slipway].`,
  ]);
});
