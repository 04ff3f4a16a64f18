import { execFileSync } from 'node:child_process';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createApplicationActivities } from '../../src/activities/applications.js';
import type { Manifest } from '../../src/contract/release.js';
import type { Verdict } from '../../src/contract/verdict.js';
import { addressOf } from './support/bench.js';
import {
  atVersion,
  fixture,
  makeRepository,
  pyprojectWith,
  type Files,
  type Repository,
} from './support/repository.js';
import { makeTrials, titles, type Trials } from './support/trials.js';

let trials: Trials;
let manifest: Manifest;
let another: Repository;

beforeAll(async () => {
  [trials, another] = await Promise.all([makeTrials({ FX_KEY: 'sk-canary-1' }), makeRepository()]);
  const old = await trials.repository.commit(atVersion('0.9.0'));
  await trials.publish(await trials.build(old, '0.9.0'), trials.main, 'main');
  ({ manifest } = await trials.installationOf({}));
});

afterAll(async () => {
  await Promise.all([trials.close(), another.close()]);
});

/** Runs applications of the fixture side by side, with changes that its wheel does not hold. */
async function runApplications(changes: Files, ...names: string[]): Promise<Verdict[]> {
  const source = await trials.repository.commit({ ...fixture, ...changes });
  const installation = { manifest, source, origin: { store: true as const } };
  const { runApplication } = createApplicationActivities(trials.bench);
  const main = addressOf('main', trials.main);
  return Promise.all(names.map((application) => runApplication({ ...installation, main, application })));
}

const evidenceOf = (verdict: Verdict | undefined) => verdict?.evidence.map(({ what }) => what);

test('an application has the old version replaced by ours and runs its tests of both kinds', async () => {
  const [verdict] = await runApplications({}, 'shop');
  expect(verdict && titles(verdict)).toEqual([]);
  expect(evidenceOf(verdict)).toEqual([
    'fx-demo 0.9.0 was uninstalled and 1.0.0.dev0 installed',
    'application shop: 2 tests passed, current: 1, deprecated: 1',
  ]);
});

test('an application in which no test of a demanded kind passed does not pass', async () => {
  const tests = (fixture['examples/shop/test_shop.py'] ?? '').replace(
    '@pytest.mark.deprecated',
    '@pytest.mark.deprecated\n@pytest.mark.skip',
  );
  const [verdict] = await runApplications({ 'examples/shop/test_shop.py': tests }, 'shop');
  expect(verdict && titles(verdict)).toEqual(['application shop: no test marked deprecated passed']);
});

const ownRunner = `
import os, pathlib

import fx_demo

assert fx_demo.tell("x") == "x"
report = pathlib.Path(os.environ["SLIPWAY_REPORT"], "mine.xml")
report.write_text('<testsuite><testcase name="one"/><testcase name="more"><skipped/></testcase></testsuite>')
`;

test('applications come from a folder and from git repositories at a ref, as many as there are', async () => {
  const good = await another.commit({ ...fixture, 'bots/one/check.py': ownRunner });
  execFileSync('git', ['-C', another.folder, 'tag', 'v1', good.commit]);
  // The branch has moved on, to what does not work.
  const bad = await another.commit({ ...fixture, 'bots/one/check.py': 'raise SystemExit("unfinished")\n' });
  const table = (name: string, ref: string) => `
[tool.slipway.applications.${name}]
repository = "${another.folder}"
ref = "${ref}"
path = "bots/one"
command = ["python", "check.py"]
`;
  const tables = table('bot', 'v1') + table('next', 'main');
  const verdicts = await runApplications(pyprojectWith('', '', tables), 'shop', 'bot', 'next');
  const [shop, bot, next] = verdicts;
  expect(evidenceOf(shop)?.at(-1)).toBe('application shop: 2 tests passed, current: 1, deprecated: 1');
  expect(bot && titles(bot)).toEqual([]);
  expect(evidenceOf(bot)).toEqual([
    'The requirements bring no fx-demo; 1.0.0.dev0 was installed',
    `application bot at v1, ${good.commit.slice(0, 12)}: 1 test passed, 1 skipped`,
  ]);
  expect(next && titles(next)).toEqual([
    `application next at main, ${bad.commit.slice(0, 12)}: the test runner died before its summary (exit code 1): unfinished`,
  ]);
});
