import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, expect, onTestFinished, test } from 'vitest';

import { releaseId } from '../../src/contract/handles.js';
import type { GateId } from '../../src/contract/gates.js';
import { finding, notPassed } from '../../src/contract/verdict.js';
import { root } from '../../tools/paths.mjs';
import { runService } from '../workflows/model.js';
import { approveAll, gateOf, waitsAt, type Running } from '../workflows/playing.js';
import { endWorkflows } from '../workflows/ending.js';
import { hex } from '../workflows/manifest.js';
import { modelWorld, type Activities } from '../workflows/world.js';
import { play, type Happenings } from './play.js';

let running: Running | undefined;

afterEach(async () => {
  if (running !== undefined) {
    await endWorkflows(running.client, new Set([releaseId('llm-app-test', '1.0.0')]));
    await running.close();
  }
  running = undefined;
});

/** Plays a walkthrough in a modelled world: the real client, server and workflow, and a package that nobody has. */
async function walk(
  name: string,
  overrides: Partial<Activities> = {},
  happenings: (running: Running) => Happenings = () => ({}),
): Promise<void> {
  const text = await readFile(path.join(root, 'docs', 'walkthroughs', `${name}.md`), 'utf8');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-walk-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const there = await runService(overrides, modelWorld(), { name: 'llm-app-test' });
  running = there;
  const { address } = there;
  await play(text, {
    folder,
    env: { TEMPORAL_ADDRESS: address, SLIPWAY_AS: 'grace', NO_COLOR: '1' },
    happenings: happenings(there),
    digestOf: async (gate) =>
      gateOf(await there.until(waitsAt(gate as GateId)), gate as GateId).digest.slice(0, 12),
  });
}

/** A release as far as its watch, which takes as long as a real one. */
async function published(there: Running): Promise<void> {
  there.model.terms = { ...there.model.terms, watchSeconds: 12 * 3600, afterYank: 'ask' };
  await there.start();
  await approveAll(there, 'branch', 'merge', 'production');
  await there.until(({ watch }) => watch !== undefined);
}

const inTheWatch = (there: Running) => ({ '1.0.0 is published': () => published(there) });

test('a clean release', async () => {
  await walk('clean-release');
  expect((await running?.ledger())?.outcome?.outcome).toBe('released');
});

test('the fix loop', async () => {
  let tries = 0;
  await walk(
    'fix-loop',
    {
      runMode: async ({ mode }) => {
        const evidence = [{ what: `mode ${mode}: 31 tests` }];
        if (mode !== 'anthropic' || tries++ > 0) return { passed: true, evidence };
        const detail = "FileNotFoundError: 'llm_app_test/anthropic.txt'";
        return notPassed([finding('mode anthropic: 1 of 31 tests failed', detail)]);
      },
    },
    ({ model }) => ({ 'the fix is pushed': async () => void (model.head = hex('fixed')) }),
  );
  const versions = (await running?.until(waitsAt('merge')))?.candidates.map(({ version, passed }) => [
    version,
    passed,
  ]);
  expect(versions).toEqual([
    ['1.0.0.dev0', false],
    ['1.0.0.dev1', true],
  ]);
});

test('a problem in the watch', async () => {
  await walk('problem-in-the-watch', {}, inTheWatch);
  expect((await running?.ledger())?.reports).toMatchObject([{ answered: true }]);
});

test.each(['yank-and-roll-back', 'malicious-release'])('%s', async (name) => {
  await walk(name, {}, inTheWatch);
  expect((await running?.until(({ outcome }) => outcome !== undefined))?.outcome?.outcome).toBe('yanked');
});

test('resuming after a crash', async () => {
  await walk('after-a-crash', {}, (there) => ({
    'the workers are gone': () => there.stopWorkers(),
    'the workers are back': () => there.startWorkers(),
  }));
  expect((await running?.ledger())?.messages.map(({ kind }) => kind)).toEqual(['report', 'approve']);
});
