import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createArtifactActivities } from '../../src/activities/build.js';
import { forges } from '../../src/activities/forge/forges.js';
import { createGitActivities } from '../../src/activities/git.js';
import { createInstallationActivities } from '../../src/activities/installation.js';
import { createModeActivities } from '../../src/activities/modes.js';
import { openProxy } from '../../src/activities/support/relay.js';
import type { Workbench } from '../../src/activities/support/workbench.js';
import type { Manifest, Source } from '../../src/contract/release.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import * as indexes from '../rehearsal/index/tools.js';
import { makeBench } from './support/bench.js';
import { processesWith } from './support/processes.js';
import {
  asIf,
  gitBackend,
  makeCertificates,
  startGuarded,
  startProxy,
  type Guarded,
} from './support/guarded.js';
import { fixture, makeRepository, pyprojectWith } from './support/repository.js';
import { startMain } from './support/stand-ins.js';

/** Each says which way it opens, so that a canary that is seen somewhere tells where it came from. */
const canary = {
  proxy: 'robot:canary-of:the-proxy/1',
  index: 'reader:canary-of-the-index+2',
  git: 'robot:canary-of-the-repository',
  token: 'canary-of-the-upload',
};
const repository = 'https://git.example.org/fx-demo.git';
const simple = 'https://index.example.org/simple/';
const subject = { package: 'fx-demo', version: '1.0.0' };
const index = { name: 'guarded', upload: 'https://index.example.org/legacy/', simple };

let folder: string;
let standIn: IndexStandIn;
let [proxy, indexFront, gitFront]: Guarded[] = [];
let bench: Workbench & { close(): Promise<void> };
let relay: Awaited<ReturnType<typeof openProxy>>;
let source: Source;
let manifest: Manifest;
const commandLines = new Set<string>();
let watching: NodeJS.Timeout;

/** The secrets of the zone that runs project code. */
const ofBuild = { PROXY: canary.proxy, INDEX: canary.index, FX_KEY: 'a-key' };

const withoutSecrets = `
import os


def test_nothing_lent_is_seen():
    assert [name for name, value in os.environ.items() if "canary" in value] == []
`;
import { uploadFiles } from './support/uploading.js';

beforeAll(async () => {
  watching = setInterval(() => void watchCommandLines(), 20);
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-network-'));
  const certificates = await makeCertificates(folder, ['index.example.org', 'git.example.org']);
  standIn = await startMain(['fx-demo', 'fx-dep']);
  indexFront = await startGuarded(
    certificates,
    canary.index,
    (url) => !url.startsWith('/legacy/'),
    asIf(standIn.url, 'https://index.example.org/'),
  );
  const remote = path.join(folder, 'git', 'fx-demo.git');
  await mkdir(path.dirname(remote), { recursive: true });
  gitFront = await startGuarded(certificates, canary.git, () => true, gitBackend(path.dirname(remote)));
  proxy = await startProxy(canary.proxy, {
    'index.example.org': indexFront.port,
    'git.example.org': gitFront.port,
  });
  source = { ...(await layRepository(remote)), repository };
  bench = await makeBench({
    production: index,
    settings: {
      network: {
        caBundle: certificates.ca,
        proxy: `http://127.0.0.1:${String(proxy.port)}`,
        proxyCredentials: 'PROXY',
        mainIndex: simple,
        mainIndexCredentials: 'INDEX',
      },
      production: {
        ...index,
        publisher: 'twine',
        user: '__token__',
        token: 'PRODUCTION_TOKEN',
        credentials: 'INDEX',
      },
      packages: {
        'fx-demo': {
          repository,
          base: 'main',
          lines: {},
          branch: 'release/{version}',
          credentials: 'GIT',
          forge: { kind: 'git', checks: [], publishingWorkflows: 'refuse', pollSeconds: 1 },
        },
      },
    },
    secrets: { ...ofBuild, GIT: canary.git, PRODUCTION_TOKEN: indexes.TOKEN },
  });
  relay = await openProxy(bench.settings, bench.secrets);
  Object.assign(bench, { proxy: relay.address });
});

afterAll(async () => {
  clearInterval(watching);
  for (const each of [relay, proxy, indexFront, gitFront, standIn, bench]) await each?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The fixture with a dependency that has to be built, and a test that looks for what it must not see. */
async function layRepository(remote: string): Promise<Source> {
  const made = await makeRepository();
  const first = await made.commit({
    ...fixture,
    ...pyprojectWith('[project]', '[project]\ndependencies = ["fx-dep"]'),
    'tests/current/test_environment.py': withoutSecrets,
  });
  await execa('git', ['clone', '--quiet', '--bare', made.folder, remote]);
  await execa('git', ['-C', remote, 'branch', 'release/1.0.0', 'main']);
  await execa('git', ['-C', remote, 'config', 'http.receivepack', 'true']);
  await made.close();
  return first;
}

/** A dependency that comes as sources only. */
async function makeSdist(): Promise<string> {
  const sources = path.join(folder, 'fx-dep');
  await mkdir(sources);
  await writeFile(
    path.join(sources, 'pyproject.toml'),
    '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "fx-dep"\nversion = "1.0"\n[tool.setuptools]\npy-modules = ["fx_dep"]\n',
  );
  await writeFile(path.join(sources, 'fx_dep.py'), '');
  await execa(indexes.tool('python'), ['-m', 'build', '--sdist', '--no-isolation', sources]);
  return path.join(sources, 'dist', 'fx_dep-1.0.tar.gz');
}

/** The same service in the zone that runs project code: it holds neither the token nor what git needs. */
async function buildZone(): Promise<Workbench> {
  const made = await makeBench({ settings: bench.settings, secrets: ofBuild });
  return { ...made, proxy: relay.address, store: bench.store };
}

async function watchCommandLines(): Promise<void> {
  for (const { argv } of await processesWith(''))
    if (argv !== '') commandLines.add(argv.replaceAll('\0', ' '));
}

/** The canaries that can be read in a text, in the forms in which they travel. */
function canariesIn(text: string): string[] {
  const passwords = Object.values(canary).map((value) => value.slice(value.indexOf(':') + 1));
  return [...Object.values(canary), ...passwords].flatMap((value) =>
    [value, encodeURIComponent(value), Buffer.from(value).toString('base64')].filter((form) =>
      text.includes(form),
    ),
  );
}

async function filesWithCanaries(): Promise<string[]> {
  const entries = await readdir(bench.settings.state, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  return files.filter((_file, at) => canariesIn(contents[at] ?? '').length > 0);
}

describe('behind a proxy, an authority of its own, and passwords', () => {
  test('git reads and pushes over https, and the zone that runs project code takes the commit from the shared copy', async () => {
    const git = createGitActivities(bench, forges(bench));
    const head = await git.readBranch({ repository, branch: 'release/1.0.0', ...subject });
    expect(head).toMatchObject({ passed: true, head: { commit: source.commit } });
    const set = await git.ensureVersionCommit({ source, version: '1.0.0', branch: 'release/1.0.0', subject });
    if (!set.passed) throw new Error(JSON.stringify(set.findings));
    const remote = path.join(folder, 'git', 'fx-demo.git');
    const { stdout } = await execa('git', ['-C', remote, 'rev-parse', 'release/1.0.0']);
    expect(stdout).toBe(set.commit);
    source = { ...source, commit: set.commit };

    const before = gitFront?.asked.length;
    const zone = await buildZone();
    const built = await createArtifactActivities(zone).buildArtifacts({ source, ...subject });
    if (!built.passed) throw new Error(JSON.stringify(built.findings));
    ({ manifest } = built);
    expect(gitFront?.asked.length).toBe(before);
  });

  test('without its credentials git is not let in, which asks people', async () => {
    const inBuild = { ...bench, secrets: (await buildZone()).secrets };
    const git = createGitActivities(inBuild, forges(inBuild));
    await expect(git.readBranch({ repository, branch: 'release/1.0.0', ...subject })).rejects.toMatchObject({
      type: 'operator',
      message: expect.stringContaining('is not let in') as string,
    });
  });

  test('twine uploads, our own requests read back, and pip and uv install, with a dependency that has to be built', async () => {
    expect(await indexes.plainUpload(standIn, await makeSdist())).toMatchObject({ status: 200 });
    await uploadFiles(bench, index, manifest);
    const zone = await buildZone();
    const installation = { manifest, source, origin: { index }, main: index };
    const installed = await createInstallationActivities(zone).checkInstallation({
      ...installation,
      pinned: false,
    });
    expect(installed.passed ? [] : installed.findings).toEqual([]);
    const tested = await createModeActivities(zone).runMode({ ...installation, mode: 'loud' });
    expect(tested.passed ? [] : tested.findings).toEqual([]);
    expect(canariesIn(JSON.stringify([installed, tested]))).toEqual([]);
  });

  test('everything went through the proxy, which let nobody in who did not say the password', () => {
    const hosts = new Set(proxy?.asked.filter(({ letIn }) => letIn).map(({ what }) => what));
    expect(hosts).toEqual(new Set(['CONNECT index.example.org:443', 'CONNECT git.example.org:443']));
    expect(proxy?.asked.filter(({ letIn }) => !letIn)).toEqual([]);
  });

  test('no credentials are in an argument, or in a file that stays', async () => {
    expect(commandLines.size).toBeGreaterThan(10);
    expect([...commandLines].filter((line) => canariesIn(line).length > 0)).toEqual([]);
    expect(await filesWithCanaries()).toEqual([]);
  });
});

test('the relay lets nobody through who has not been given its address', async () => {
  const { host } = new URL(relay.address ?? '');
  const { stdout } = await execa('curl', [
    '--silent',
    '--proxy',
    `http://${host}`,
    '--write-out',
    '%{http_code}',
    'http://index.example.org/',
  ]);
  expect(stdout).toBe('407');
});
