import { beforeEach, describe, expect, test } from 'vitest';

import { publishedPrecondition } from '../../src/activities/published-problems.js';
import { canonicalJson } from '../../src/contract/digest.js';
import { refusalsOf } from '../../src/contract/preconditions.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import { exampleLedger } from '../contract/example-release.js';
import * as indexes from '../rehearsal/index/tools.js';
import { branch, makeWorld, type World } from './git-world.js';
import { addressOf } from './support/bench.js';

let production: IndexStandIn;
let world: World;

beforeEach(async () => {
  production = await indexes.runningIndex();
  world = await makeWorld();
});

async function upload(...versions: string[]): Promise<void> {
  for (const version of versions) {
    const { wheel } = await indexes.makeDistributions('demo-pkg', version);
    expect(await indexes.plainUpload(production, wheel)).toMatchObject({ status: 200 });
  }
}

async function problemsOf(version: string, yanks?: false) {
  const request = { package: 'demo-pkg', version, by: 'ada', wait: false, acceptUnisolated: false };
  const index = { ...addressOf('production', production), ...(yanks === undefined ? {} : { yanks }) };
  const place = { production: index, repository: world.repository };
  return refusalsOf([await publishedPrecondition(world.bench, request, place)]);
}

describe('a version that was published before', () => {
  test('is refused once it is yanked, and the next number that is free is named', async () => {
    await upload('0.2.0', '0.2.1');
    await world.git('push', '--quiet', world.repository, 'HEAD:refs/tags/v0.2.2');
    production.yank('demo-pkg', '0.2.0', 'broken');
    expect(await problemsOf('0.2.0')).toEqual([
      'demo-pkg 0.2.0 is yanked on production already, and a version can never be used again: choose the next one, 0.2.3, which is free.',
    ]);
  });

  test('is refused while it stands, also as a pre-release', async () => {
    await upload('0.2.0rc1');
    expect(await problemsOf('0.2.0rc1')).toEqual([
      expect.stringMatching(
        / is released on production already, .* choose the next one, 0\.2\.0rc2, which is free\.$/,
      ),
    ]);
  });

  test('is refused by the record of its yank where the index forgets what was removed', async () => {
    await keepYanked('0.2.0');
    expect(await problemsOf('0.2.0', false)).toEqual([
      expect.stringContaining('0.2.0 is yanked since 2026-03-02T00:00:00.000Z (data loss, by grace) already'),
    ]);
  });
});

test('a version whose predecessor was yanked is free', async () => {
  await upload('0.1.0', '0.2.0');
  await keepYanked('0.2.0');
  production.yank('demo-pkg', '0.2.0', 'broken');
  expect(await problemsOf('0.2.1')).toEqual([]);
  const { activities, repository } = world;
  const head = await activities.readBranch({
    repository,
    branch,
    base: 'main',
    package: 'demo-pkg',
    version: '0.2.1',
  });
  expect(head).toMatchObject({ passed: true });
});

/** Keeps the record that a release leaves which was yanked. */
async function keepYanked(version: string): Promise<void> {
  const request = { ...exampleLedger().request, package: 'demo-pkg', version };
  const asked = { reason: 'data loss', by: 'grace', askedAt: '2026-03-02T00:00:00.000Z' };
  const ledger = exampleLedger({ request, yank: { ...asked, provenAt: asked.askedAt } });
  const { store } = world.bench;
  await store.setName(`record/demo-pkg/${version}`, await store.put(canonicalJson(ledger)));
}
