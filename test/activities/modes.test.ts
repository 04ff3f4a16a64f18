import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { createApplicationActivities } from '../../src/activities/applications.js';
import { createArtifactActivities } from '../../src/activities/build.js';
import { createModeActivities } from '../../src/activities/modes.js';
import { createUploadActivities } from '../../src/activities/publisher/ensure-uploaded.js';
import type { Installation, Origin } from '../../src/contract/activities.js';
import type { Manifest, Source } from '../../src/contract/release.js';
import type { Verdict } from '../../src/contract/verdict.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import * as indexes from '../rehearsal/index/tools.js';
import { addressOf, makeBench } from './support/bench.js';
import { isRunning } from './support/processes.js';
import {
  atVersion,
  fixture,
  makeRepository,
  pyprojectWith,
  type Files,
  type Repository,
} from './support/repository.js';
import { startMain, startTest } from './support/stand-ins.js';

const secret = 'sk-canary-1';
const store: Origin = { store: true };

let bench: Awaited<ReturnType<typeof makeBench>>;
let main: IndexStandIn;
let testIndex: IndexStandIn;
let repository: Repository;
let witness: string;

beforeAll(async () => {
  [main, testIndex, repository] = [await startMain(['fx-demo']), await startTest(), await makeRepository()];
  witness = await mkdtemp(path.join(tmpdir(), 'slipway-witness-'));
  bench = await makeBench({
    test: addressOf('test', testIndex),
    production: addressOf('main', main),
    secrets: { FX_KEY: secret, TEST_TOKEN: indexes.TOKEN, PRODUCTION_TOKEN: indexes.TOKEN },
    settings: { testEnvironment: { FX_WITNESS: witness } },
  });
});

afterAll(async () => {
  await Promise.all([
    bench.close(),
    main.close(),
    testIndex.close(),
    repository.close(),
    rm(witness, { recursive: true }),
  ]);
});

async function built(source: Source, version = '1.0.0.dev0'): Promise<Manifest> {
  const verdict = await createArtifactActivities(bench).buildArtifacts({
    source,
    package: 'fx-demo',
    version,
  });
  if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
  return verdict.manifest;
}

async function installationOf(changes: Files, origin: Origin = store): Promise<Installation> {
  const source = await repository.commit({ ...fixture, ...changes });
  return { manifest: await built(source), source, origin, main: addressOf('main', main) };
}

async function publish(manifest: Manifest, index: IndexStandIn, name: string): Promise<void> {
  const subject = { package: manifest.package, version: manifest.version };
  for (const artifact of manifest.files)
    await createUploadActivities(bench).ensureUploaded({ index: addressOf(name, index), artifact, subject });
}

function titles(verdict: Verdict): string[] {
  return verdict.passed ? [] : verdict.findings.map(({ title }) => title);
}

const witnessTest = `
import json, os, pathlib, stat, sys

import fx_demo


def test_it_bears_witness():
    env = pathlib.Path(".env")
    seen = {
        "cwd": os.getcwd(),
        "files": sorted(os.listdir()),
        "env": env.read_text(),
        "mode": stat.S_IMODE(env.stat().st_mode),
        "package": fx_demo.__file__,
        "variables": dict(os.environ),
    }
    pathlib.Path(os.environ["FX_WITNESS"], "seen.json").write_text(json.dumps(seen))
    assert "FX_KEY" not in os.environ
`;

describe('a mode', () => {
  test('runs the copied tests against the wheel from the index, with its secrets in a .env that is gone afterwards', async () => {
    process.env.FX_SERVICE = 'of the service';
    const installation = await installationOf(
      {
        'tests/test_witness.py': witnessTest,
        'tests/test_loud.py': 'import fx_demo\ndef test_loud(): assert fx_demo.say("a") == "A"\n',
      },
      { index: addressOf('test', testIndex) },
    );
    await publish(installation.manifest, testIndex, 'test');
    const verdict = await createModeActivities(bench).runMode({ ...installation, mode: 'loud' });
    expect(titles(verdict)).toEqual([]);
    expect(verdict.evidence[0]?.what).toBe('mode loud: 5 tests passed against fx-demo 1.0.0.dev0');
    const seen = JSON.parse(await readFile(path.join(witness, 'seen.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(seen).toMatchObject({ env: `FX_KEY=${secret}\n`, mode: 0o600, variables: { FX_VOICE: 'loud' } });
    expect(seen.variables).not.toHaveProperty('FX_SERVICE');
    expect(seen.package).toBe(
      path.join(String(seen.cwd), String(seen.package).slice(String(seen.cwd).length)),
    );
    expect(seen.files).toEqual(expect.arrayContaining(['.env', '.venv', 'pyproject.toml', 'tests']));
    expect(seen.files).not.toContain('src');
    expect(existsSync(String(seen.cwd))).toBe(false);
  });

  test('finds what only the wheel lacks, and shows no secret', async () => {
    const leak = 'import pathlib\ndef test_leak(): assert pathlib.Path(".env").read_text() == ""\n';
    const installation = await installationOf({
      ...pyprojectWith('fx_demo = ["greeting.txt"]', 'fx_demo = []'),
      'tests/test_leak.py': leak,
    });
    const verdict = await createModeActivities(bench).runMode({ ...installation, mode: 'loud' });
    expect(titles(verdict)).toEqual([
      expect.stringMatching(
        /^mode loud: tests\.current\.test_core::test_it_greets failed: FileNotFoundError: .*greeting\.txt/,
      ),
      expect.stringMatching(/^mode loud: tests\.test_leak::test_leak failed: /),
    ]);
    expect(verdict.passed ? '' : verdict.findings[0]?.detail).toContain('greeting.txt');
    expect(JSON.stringify(verdict)).not.toContain('sk-canary');
  });

  test('does not pass on sources that lie beside the tests', async () => {
    const installation = await installationOf(
      pyprojectWith(
        '[tool.slipway]',
        '[tool.slipway]\ntests = ["tests", "src"]',
        '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
      ),
    );
    const verdict = await createModeActivities(bench).runMode({ ...installation, mode: 'loud' });
    expect(titles(verdict)).toEqual(['mode loud: fx_demo was imported from clean/src/fx_demo/__init__.py']);
  });

  test('that is cancelled ends everything that its tests have started', async () => {
    const hang = `
import os, pathlib, subprocess, time

def test_hang():
    child = subprocess.Popen(["sleep", "600"])
    pathlib.Path(os.environ["FX_WITNESS"], "pids").write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)
`;
    const installation = await installationOf({ 'tests/test_hang.py': hang });
    const activity = new MockActivityEnvironment();
    const running = activity.run(createModeActivities(bench).runMode, { ...installation, mode: 'loud' });
    running.catch(() => undefined);
    const pids = await vi.waitFor(
      async () => (await readFile(path.join(witness, 'pids'), 'utf8')).split(' ').map(Number),
      {
        timeout: 60_000,
        interval: 100,
      },
    );
    activity.cancel();
    await expect(running).rejects.toSatisfy(
      (error: unknown) => error instanceof CancelledFailure || (error as Error).name === 'AbortError',
    );
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await readdir(path.join(bench.settings.state, 'work'))).toEqual([]);
  });

  test('whose secret the zone does not hold asks for it before anything runs', async () => {
    const source = await repository.commit(fixture);
    const manifest: Manifest = {
      package: 'fx-demo',
      version: '1.0.0.dev0',
      commit: source.commit,
      files: [],
      toolchain: '',
    };
    const poor = await makeBench();
    const input = { manifest, source, origin: store, main: addressOf('main', main), mode: 'loud' };
    await expect(createModeActivities(poor).runMode(input)).rejects.toMatchObject({ type: 'operator' });
    await poor.close();
  });
});

describe('an application', () => {
  beforeAll(async () => {
    const old = await repository.commit(atVersion('0.9.0'));
    await publish(await built(old, '0.9.0'), main, 'main');
  });

  test('has the old version replaced by ours and runs its tests of both kinds', async () => {
    const installation = await installationOf({});
    const verdict = await createApplicationActivities(bench).runApplication({
      ...installation,
      application: 'shop',
    });
    expect(titles(verdict)).toEqual([]);
    expect(verdict.evidence.map(({ what }) => what)).toEqual([
      'fx-demo 0.9.0 was uninstalled and 1.0.0.dev0 installed',
      'application shop: 2 tests passed, current: 1, deprecated: 1',
    ]);
  });

  test('in which no test of a demanded kind passed does not pass', async () => {
    const tests = (fixture['examples/shop/test_shop.py'] ?? '').replace(
      '@pytest.mark.deprecated',
      '@pytest.mark.deprecated\n@pytest.mark.skip',
    );
    const installation = await installationOf({ 'examples/shop/test_shop.py': tests });
    const verdict = await createApplicationActivities(bench).runApplication({
      ...installation,
      application: 'shop',
    });
    expect(titles(verdict)).toEqual(['application shop: no test marked deprecated passed']);
  });
});
