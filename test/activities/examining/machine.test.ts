import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { createBuildExaminations } from '../../../src/activities/examining/build.js';
import { createUrgentExaminations } from '../../../src/activities/examining/urgent.js';
import type { Settings } from '../../../src/config/settings.js';
import { sentenceOf, type Precondition } from '../../../src/contract/preconditions.js';
import type { YankDriver } from '../../../src/contract/release.js';
import { OWNER, runningIndex } from '../../rehearsal/index/tools.js';
import { addressOf, makeBench } from '../support/bench.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function onMachine(settings: Partial<Settings>): Promise<readonly Precondition[]> {
  const bench = await makeBench({ settings });
  onTestFinished(() => bench.close());
  return (await createBuildExaminations(bench).examineBuild({})).preconditions;
}

const said = (found: readonly Precondition[], state: Precondition['state']) =>
  found.filter((each) => each.state === state).map(sentenceOf);

describe('what the build zone finds on its machine', () => {
  test('is what pip and uv are told there, by name and never by value, and that a release ignores it', async () => {
    vi.stubEnv('PIP_EXTRA_INDEX_URL', 'https://ada:hunter2@index.invalid/simple/');
    vi.stubEnv('UV_INDEX_URL', 'https://ada:hunter2@index.invalid/simple/');
    const index = await runningIndex();
    const found = await onMachine({ network: { mainIndex: index.simpleUrl } });
    expect(said(found, 'fail')).toEqual([]);
    expect(said(found, 'pass')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/PIP_EXTRA_INDEX_URL.*UV_INDEX_URL; installs of a release ignore that/),
        expect.stringMatching(/where dependencies come from, answers$/),
      ]),
    );
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test('is that dependencies cannot be had without what pip is told there', async () => {
    vi.stubEnv('PIP_INDEX_URL', 'https://mirror.invalid/simple/');
    const found = await onMachine({ network: { mainIndex: 'http://127.0.0.1:1/simple/' } });
    expect(said(found, 'fail')).toEqual([
      expect.stringMatching(
        /cannot be read: .*This machine sets .*PIP_INDEX_URL.*: set main-index, ca-bundle or proxy under \[network\]/,
      ),
    ]);
  });

  test('says why nothing is known of a package that could not be read', async () => {
    const index = await runningIndex();
    expect(said(await onMachine({ network: { mainIndex: index.simpleUrl } }), 'unknown')).toEqual([
      expect.stringMatching(/^Which secrets and Pythons the package needs: /),
    ]);
  });
});

describe('what the urgent zone finds', () => {
  const web = { user: OWNER, password: 'OWNER_PASSWORD', seed: 'OWNER_SEED', rememberDevice: false };

  async function drivers(wanted: readonly YankDriver[], yank: Partial<Settings['yank']> = {}) {
    const index = await runningIndex();
    const bench = await makeBench({
      production: addressOf('production', index),
      secrets: { OWNER_PASSWORD: 'p', OWNER_SEED: 'JBSWY3DPEHPK3PXP', KEY: 'k' },
      settings: {
        yank: { drivers: wanted, limitSeconds: 15, lateFilesSeconds: 900, secrets: [], web, ...yank },
      },
    });
    onTestFinished(() => bench.close());
    const request = {
      package: 'demo-pkg',
      version: '1.0.0',
      by: 'ada',
      wait: false,
      acceptUnisolated: false,
    };
    const { preconditions } = await createUrgentExaminations(bench).examineUrgent({ request });
    expect(index.accessLog()).toEqual([]);
    return preconditions;
  }

  test('is what is held for a driver, and that only the upload shows whether it is taken', async () => {
    const api = {
      ...{
        address: 'https://index.invalid/yank',
        method: 'POST' as const,
        header: 'authorization: {secret}',
      },
      ...{ secret: 'KEY', body: {}, encoding: 'json' as const },
    };
    const found = await drivers(['web', 'api', 'command'], { command: [process.execPath], api });
    expect(said(found, 'fail')).toEqual([]);
    expect(said(found, 'unknown')).toEqual([
      expect.stringMatching(/^Whether that owner may yank demo-pkg on production: a login takes/),
      expect.stringMatching(/^Whether the API takes that secret: the driver is tried before the upload/),
      expect.stringMatching(/^Whether that command may yank: /),
    ]);
  });

  test('is a driver that cannot yank, with what is missing', async () => {
    const found = await drivers(['web', 'command'], {
      web: { ...web, seed: 'NO_SEED' },
      command: ['no-such-program'],
    });
    expect(said(found, 'fail')).toEqual([
      expect.stringMatching(
        /^The driver web cannot yank\. It needs NO_SEED, which this worker does not hold\. Mend/,
      ),
      expect.stringMatching(
        /^The driver command cannot yank\. .* no program no-such-program .* Mend \[yank\]/,
      ),
    ]);
  });

  test('is that people have to say themselves whether they are at hand, and how', async () => {
    expect(said(await drivers(['person']), 'unknown')).toEqual([
      expect.stringMatching(
        /manage\/project\/demo-pkg\/release\/1\.0\.0\/\. Before the upload one of them types `slipway on-watch demo-pkg 1\.0\.0 --for 12h`\.$/,
      ),
    ]);
  });
});
