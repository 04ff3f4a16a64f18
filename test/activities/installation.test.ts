import { afterAll, beforeAll, expect, test } from 'vitest';

import { createArtifactActivities } from '../../src/activities/build.js';
import { createInstallationActivities } from '../../src/activities/installation.js';
import type { IndexAddress, Manifest, Source } from '../../src/contract/release.js';
import type { Verdict } from '../../src/contract/verdict.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import * as indexes from '../rehearsal/index/tools.js';
import { addressOf, makeBench } from './support/bench.js';
import {
  atVersion,
  fixture,
  makeRepository,
  pyprojectWith,
  type Files,
  type Repository,
} from './support/repository.js';
import { startMain, startTest } from './support/stand-ins.js';
import { uploadFiles } from './support/uploading.js';

let bench: Awaited<ReturnType<typeof makeBench>>;
let main: IndexStandIn;
let testIndex: IndexStandIn;
let repository: Repository;
let source: Source;
let manifest: Manifest;

beforeAll(async () => {
  [main, testIndex, repository] = [
    await startMain(['fx-demo', 'fx-dep']),
    await startTest(),
    await makeRepository(),
  ];
  bench = await makeBench({
    test: addressOf('test', testIndex),
    production: addressOf('main', main),
    secrets: { TEST_TOKEN: indexes.TOKEN, PRODUCTION_TOKEN: indexes.TOKEN },
  });
  source = await repository.commit({
    ...fixture,
    ...pyprojectWith('[project]', '[project]\ndependencies = ["fx-dep"]'),
  });
  manifest = await publish(source, '1.0.0.dev0', addressOf('test', testIndex));
});

afterAll(async () => {
  await Promise.all([bench.close(), main.close(), testIndex.close(), repository.close()]);
});

async function publish(from: Source, version: string, index: IndexAddress): Promise<Manifest> {
  const input = { source: from, package: 'fx-demo', version };
  const verdict = await createArtifactActivities(bench).buildArtifacts(input);
  if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
  await uploadFiles(bench, index, verdict.manifest);
  return verdict.manifest;
}

async function checkInstallation(
  index: IndexAddress,
  pinned: boolean,
  of = manifest,
  from = source,
): Promise<Verdict> {
  const input = { manifest: of, source: from, origin: { index }, main: addressOf('main', main), pinned };
  return createInstallationActivities(bench).checkInstallation(input);
}

test('exactly our file comes from the test index and everything else from main, where older and newer ones lurk', async () => {
  const dependency = await indexes.makeDistributions('fx-dep', '1.0');
  const attack = await indexes.makeDistributions('fx-dep', '99.0', 'evil');
  const older = await indexes.makeDistributions('fx-demo', '0.9.0');
  await indexes.plainUpload(main, dependency.wheel);
  await indexes.plainUpload(main, older.wheel);
  await indexes.plainUpload(testIndex, attack.wheel);

  const verdict = await checkInstallation(addressOf('test', testIndex), true);
  expect(verdict).toMatchObject({ passed: true });
  expect(verdict.evidence.map(({ what }) => what)).toEqual([
    `pip installed ${manifest.files[0]?.filename} (sha256 ${manifest.files[0]?.sha256}) from test: fx-demo==1.0.0.dev0`,
    '1 other package, each listed with its sha256 by main',
    'importlib.metadata and __version__ say 1.0.0.dev0',
    "pip's report of fx-demo==1.0.0.dev0 from test",
    "pip's report of fx-demo==1.0.0.dev0 from main",
  ]);
  const asked = testIndex
    .accessLog()
    .filter((entry) => entry.kind === 'request' && entry.path.includes('fx-dep'));
  expect(asked.filter((entry) => entry.kind === 'request' && entry.method === 'GET')).toEqual([]);
});

test('from production the plain name means this version while it is the newest, and below the next one afterwards', async () => {
  const final = await repository.commit(atVersion('1.0.0'));
  const production = addressOf('main', main);
  const published = await publish(final, '1.0.0', production);
  const newest = await checkInstallation(production, false, published, final);
  expect(newest.passed && newest.evidence[0]?.what).toMatch(/ from main: fx-demo, unpinned$/);
  const newer = await indexes.makeDistributions('fx-demo', '1.1.0');
  await indexes.plainUpload(main, newer.wheel);
  const overtaken = await checkInstallation(production, false, published, final);
  expect(overtaken.passed && overtaken.evidence[0]?.what).toMatch(/ from main: fx-demo<1\.1\.0, unpinned$/);
  main.yank('fx-demo', '1.0.0', 'broken');
  expect(await checkInstallation(production, true, published, final)).toMatchObject({
    passed: false,
    findings: [{ title: 'pip install fx-demo==1.0.0 took fx-demo 1.0.0, which main says is yanked' }],
  });
});

test('where people have waived the test index pip proves the kept file from a local index', async () => {
  const before = testIndex.accessLog().length;
  const input = { manifest, source, origin: { store: true as const }, main: addressOf('main', main) };
  const verdict = await createInstallationActivities(bench).checkInstallation({ ...input, pinned: true });
  const [wheel] = manifest.files;
  expect(verdict.passed ? [] : verdict.findings).toEqual([]);
  expect(verdict.evidence[0]?.what).toBe(
    `pip installed ${wheel?.filename} (sha256 ${wheel?.sha256}) from the local index of this service: fx-demo==1.0.0.dev0`,
  );
  expect(testIndex.accessLog()).toHaveLength(before);
});

test('a dependency that main does not have is a finding with what pip says', async () => {
  const wanting = await repository.commit({
    ...atVersion('1.0.0.dev1'),
    'pyproject.toml': (atVersion('1.0.0.dev1')['pyproject.toml'] ?? '').replace(
      '[project]',
      '[project]\ndependencies = ["fx-dep>50"]',
    ),
  });
  const published = await publish(wanting, '1.0.0.dev1', addressOf('test', testIndex));
  const verdict = await checkInstallation(addressOf('test', testIndex), true, published, wanting);
  expect(verdict).toMatchObject({ passed: false, findings: [{}] });
  expect(verdict.passed ? '' : verdict.findings[0]?.title).toBe(
    'An installation from main failed: it holds no fx-dep>50 (from fx-demo); the versions there are 1.0',
  );
  expect(verdict.passed ? '' : verdict.findings[0]?.detail).toContain('fx-dep>50');
});

/** The fixture, which imports what only an extra of it brings. */
function needy(version: string, lines: string): Files {
  return {
    ...atVersion(version),
    'pyproject.toml': (atVersion(version)['pyproject.toml'] ?? '')
      .replace(
        '[tool.setuptools',
        '[project.optional-dependencies]\nfull = ["iniconfig"]\n\n[tool.setuptools',
      )
      .replace('[tool.slipway]\n', `[tool.slipway]\n${lines}`),
    'src/fx_demo/__init__.py': `import iniconfig\n\n__version__ = "${version}"\n`,
  };
}

test('what the package cannot be imported without is asked for', async () => {
  const index = addressOf('test', testIndex);
  const poor = await repository.commit(needy('1.0.0.dev2', ''));
  const alone = await publish(poor, '1.0.0.dev2', index);
  expect(await checkInstallation(index, true, alone, poor)).toMatchObject({
    passed: false,
    findings: [
      {
        title:
          "The installed package cannot be imported: ModuleNotFoundError: No module named 'iniconfig': add what brings it to dependencies, or name the extra that does under extras in [tool.slipway]",
      },
    ],
  });
});

test('an extra that the package is always installed with brings what it imports', async () => {
  const index = addressOf('test', testIndex);
  const rich = await repository.commit(needy('1.0.0.dev3', 'extras = ["full"]\n'));
  const full = await publish(rich, '1.0.0.dev3', index);
  expect(await checkInstallation(index, true, full, rich)).toMatchObject({ passed: true });
});
