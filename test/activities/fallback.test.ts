import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { createFallbackActivities } from '../../src/activities/fallback.js';
import type { Manifest, Source } from '../../src/contract/release.js';
import * as indexes from '../rehearsal/index/tools.js';
import { addressOf } from './support/bench.js';
import { atVersion } from './support/repository.js';
import { makeTrials, titles, type Trials } from './support/trials.js';

let trials: Trials;
let source: Source;
let manifest: Manifest;

beforeAll(async () => {
  trials = await makeTrials({});
  source = await trials.repository.commit(atVersion('1.0.0'));
  manifest = await trials.build(source, '1.0.0');
  await trials.publish(manifest, trials.main, 'main');
});

beforeEach(() => trials.main.behave());
afterAll(() => trials.close());

const forEver = 3_600_000;

function awaitFallback(patience = forEver, yanks?: false) {
  const index = { ...addressOf('main', trials.main), ...(yanks === undefined ? {} : { yanks }) };
  const main = addressOf('main', trials.main);
  return createFallbackActivities(trials.bench, patience).awaitFallback({ index, main, source, manifest });
}

async function publish(version: string): Promise<void> {
  const made = await indexes.makeDistributions('fx-demo', version);
  await indexes.plainUpload(trials.main, made.wheel);
}

test('before the yank the version is still taken, which is waited for, and a finding in the end', async () => {
  const still = 'pip install fx-demo still takes fx-demo 1.0.0 from main';
  await expect(awaitFallback()).rejects.toMatchObject({ type: 'not-yet', message: still });
  expect(titles(await awaitFallback(0))).toEqual([still]);
});

test('where there is no other version pip finds nothing, and says that it has seen the yanked one', async () => {
  trials.main.yank('fx-demo', '1.0.0', 'broken');
  expect(await awaitFallback()).toMatchObject({
    passed: true,
    versions: [],
    evidence: [
      {
        what: 'pip install fx-demo finds no matching distribution on main, and passes over 1.0.0 as yanked',
      },
    ],
  });
});

test('a page that is still the old one is waited for', async () => {
  trials.main.misbehave({
    method: 'GET',
    path: /simple\/fx-demo/,
    fault: { kind: 'stale', changes: 1 },
  });
  await expect(awaitFallback()).rejects.toMatchObject({ type: 'not-yet' });
  expect(titles(await awaitFallback(0))).toEqual(['pip install fx-demo still takes fx-demo 1.0.0 from main']);
});

test('an index that cannot be read is waited for, and is no proof', async () => {
  trials.main.misbehave({ method: 'GET', fault: { kind: 'answer', status: 503 } });
  await expect(awaitFallback()).rejects.toMatchObject({ type: 'not-yet' });
  expect(titles(await awaitFallback(0))).toEqual([
    expect.stringMatching(/^Nothing could be installed from main: .* answers 503/),
  ]);
});

test('the previous version of this line is what users are given, whatever later lines there are', async () => {
  await publish('0.9.0');
  await publish('1.1.0');
  const verdict = await awaitFallback();
  expect(verdict).toMatchObject({ passed: true, versions: ['0.9.0'] });
  expect(verdict.evidence.map(({ what }) => what)).toEqual([
    'pip install fx-demo<1.1.0 takes fx-demo 0.9.0 from main, unpinned',
    "pip's report of fx-demo<1.1.0 from main",
  ]);
});

test('on an index that cannot yank, another version or none at all is the proof, and a file that is left is not', async () => {
  expect(await awaitFallback(forEver, false)).toMatchObject({ passed: true, versions: ['0.9.0'] });
  trials.main.deleteFile('fx_demo-0.9.0-py3-none-any.whl');
  for (const { filename } of manifest.files) trials.main.deleteFile(filename);
  expect(await awaitFallback(forEver, false)).toMatchObject({ passed: true, versions: [] });
  await expect(awaitFallback()).rejects.toMatchObject({ type: 'not-yet' });
});

test('that what users are given cannot be installed is a finding', async () => {
  const requires = ['iniconfig>1000'];
  const made = await indexes.makeDistributions('fx-demo', '0.8.0', 'needy', { requires });
  await indexes.plainUpload(trials.main, made.wheel);
  const [title = ''] = titles(await awaitFallback(0, false));
  expect(title).toMatch(/^An installation from main failed: it holds no iniconfig>1000 /);
});
