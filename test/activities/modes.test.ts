import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { createModeActivities } from '../../src/activities/modes.js';
import type { Manifest } from '../../src/contract/release.js';
import { patience } from '../setup/patience.js';
import { addressOf, makeBench } from './support/bench.js';
import { isRunning } from './support/processes.js';
import { fixture, pyprojectWith } from './support/repository.js';
import { makeTrials, titles, type Trials } from './support/trials.js';

const secret = 'sk-canary-1';
/** What a `.env` and a traceback show in another form. */
const odd = `it's "canary" \\ 2\nand = more`;

let trials: Trials;
let witness: string;

beforeAll(async () => {
  witness = await mkdtemp(path.join(tmpdir(), 'slipway-witness-'));
  trials = await makeTrials({ FX_KEY: secret, FX_OTHER: odd }, { FX_WITNESS: witness });
});

afterAll(async () => {
  await Promise.all([trials.close(), rm(witness, { recursive: true })]);
});

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
    const installation = await trials.installationOf(
      {
        'tests/test_witness.py': witnessTest,
        'tests/test_loud.py': 'import fx_demo\ndef test_loud(): assert fx_demo.say("a") == "A"\n',
      },
      { index: addressOf('test', trials.testIndex) },
    );
    await trials.publish(installation.manifest, trials.testIndex, 'test');
    const verdict = await createModeActivities(trials.bench).runMode({ ...installation, mode: 'loud' });
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
    const installation = await trials.installationOf({
      ...pyprojectWith('fx_demo = ["greeting.txt"]', 'fx_demo = []'),
      'tests/test_leak.py': leak,
    });
    const verdict = await createModeActivities(trials.bench).runMode({ ...installation, mode: 'loud' });
    expect(titles(verdict)).toEqual([
      expect.stringMatching(
        /^mode loud: tests\.current\.test_core::test_it_greets failed: FileNotFoundError: .*'fx_demo\/greeting\.txt', at .* \(the wheel does not hold fx_demo\/greeting\.txt: have the build put it in, as package data\)$/,
      ),
      expect.stringMatching(/^mode loud: tests\.test_leak::test_leak failed: /),
    ]);
    expect(verdict.passed ? '' : verdict.findings[0]?.detail).toContain('greeting.txt');
    expect(JSON.stringify(verdict)).not.toContain('sk-canary');
  });

  test('says what to write where its tests or their runner are not there', async () => {
    const installation = await trials.installationOf({
      'data/greeting.txt': 'hello\n',
      'tests/test_data.py':
        'import pathlib\ndata = pathlib.Path(__file__).parents[1] / "data" / "greeting.txt"\ndef test_data(): assert data.read_text()\n',
      'tests/test_own.py': 'def test_own(): import fx_demo.gone\n',
    });
    const verdict = await createModeActivities(trials.bench).runMode({ ...installation, mode: 'loud' });
    expect(titles(verdict)).toEqual([
      expect.stringMatching(
        /FileNotFoundError: .*'clean\/data\/greeting\.txt', at tests\/test_data\.py:3 \(name what the tests need of the repository under tests in \[tool\.slipway\]\)$/,
      ),
      expect.stringMatching(
        /No module named 'fx_demo\.gone', at tests\/test_own\.py:1 \(a part of the package/,
      ),
    ]);
    const absent = await trials.installationOf(
      pyprojectWith('[tool.slipway]\n', '[tool.slipway]\ntest-command = ["no-such-runner"]\n'),
    );
    const dead = await createModeActivities(trials.bench).runMode({ ...absent, mode: 'loud' });
    expect(titles(dead)).toEqual([
      expect.stringMatching(
        /^mode loud: the test runner died before its summary \(exit code 127\): env: .*no-such-runner/,
      ),
    ]);
  });

  test('does not pass on sources that lie beside the tests', async () => {
    const installation = await trials.installationOf(
      pyprojectWith(
        '[tool.slipway]',
        '[tool.slipway]\ntests = ["tests", "src"]',
        '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
      ),
    );
    const verdict = await createModeActivities(trials.bench).runMode({ ...installation, mode: 'loud' });
    expect(titles(verdict)).toEqual(['mode loud: fx_demo was imported from clean/src/fx_demo/__init__.py']);
  });

  test('lends its several keys, whatever they hold, and keeps none of them', async () => {
    const reader = `
from dotenv import dotenv_values


def test_keys():
    assert dotenv_values(".env") == {"FX_KEY": ${JSON.stringify(secret)}, "FX_OTHER": ${JSON.stringify(odd)}}
`;
    const shown =
      'import dotenv, json; keys = dotenv.dotenv_values(".env"); print(open(".env").read(), keys, json.dumps(keys), *keys.values())';
    const keys = `secrets = ["FX_KEY", "FX_OTHER"]\nprobe = ["python", "-c", '${shown}']\n`;
    const installation = await trials.installationOf({
      'pyproject.toml': (fixture['pyproject.toml'] ?? '')
        .replace('test-requirements = ["pytest"]', 'test-requirements = ["pytest", "python-dotenv"]')
        .replace('secrets = ["FX_KEY"]\n', keys),
      'tests/test_keys.py': reader,
    });
    const verdict = await createModeActivities(trials.bench).runMode({ ...installation, mode: 'loud' });
    expect(titles(verdict)).toEqual([]);
    const kept = await Promise.all(
      verdict.evidence.map(async ({ digest }) =>
        (await trials.bench.store.get(digest ?? '')).toString('utf8'),
      ),
    );
    expect(kept[1]?.match(/\[secret\]/g)).toHaveLength(8);
    expect([...kept, JSON.stringify(verdict)].filter((text) => text.includes('canary'))).toEqual([]);
    expect(await readdir(path.join(trials.bench.settings.state, 'work'))).toEqual([]);
  });

  test('that is cancelled ends everything that its tests have started', async () => {
    const hang = `
import os, pathlib, subprocess, time

def test_hang():
    child = subprocess.Popen(["sleep", "600"])
    pathlib.Path(os.environ["FX_WITNESS"], "pids").write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)
`;
    const installation = await trials.installationOf({ 'tests/test_hang.py': hang });
    const activity = new MockActivityEnvironment();
    const running = activity.run(createModeActivities(trials.bench).runMode, {
      ...installation,
      mode: 'loud',
    });
    running.catch(() => undefined);
    const pids = await vi.waitFor(
      async () => (await readFile(path.join(witness, 'pids'), 'utf8')).split(' ').map(Number),
      patience,
    );
    activity.cancel();
    await expect(running).rejects.toSatisfy(
      (error: unknown) => error instanceof CancelledFailure || (error as Error).name === 'AbortError',
    );
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), patience);
    expect(await readdir(path.join(trials.bench.settings.state, 'work'))).toEqual([]);
  });

  test('whose secret the zone does not hold asks for it before anything runs', async () => {
    const source = await trials.repository.commit(fixture);
    const manifest: Manifest = {
      package: 'fx-demo',
      version: '1.0.0.dev0',
      commit: source.commit,
      files: [],
      toolchain: '',
    };
    const poor = await makeBench();
    const input = {
      manifest,
      source,
      origin: { store: true as const },
      main: addressOf('main', trials.main),
      mode: 'loud',
    };
    await expect(createModeActivities(poor).runMode(input)).rejects.toMatchObject({ type: 'operator' });
    await poor.close();
  });
});
