import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { progress } from '../../src/contract/progress.js';
import { evidenceOf } from '../../src/evidence/evidence.js';
import type { Ledger } from '../../src/contract/state.js';
import { finding, notPassed, type Verdict } from '../../src/contract/verdict.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { modelWorld, terms, type Activities } from './world.js';

const passed: Verdict = { passed: true, evidence: [{ what: 'mode: 9 tests passed' }] };
const refused = notPassed([
  { ...finding('mode openai: test_chat failed: Error code: 429'), outside: 'an answer of 429' },
]);

/** A world whose provider openai answers 429 as often as said, for files of a version that fits. */
function overloaded(times: number, of: (version: string) => boolean) {
  const runs: string[] = [];
  let left = times;
  const runMode: Activities['runMode'] = async ({ mode, manifest }) => {
    runs.push(`${mode} ${manifest.version} ${manifest.files[0]?.sha256 ?? ''}`);
    if (mode !== 'openai' || !of(manifest.version) || left === 0) return passed;
    left -= 1;
    return refused;
  };
  return { runs, runMode };
}

const isDev = (version: string) => version.includes('dev');

async function started(activities: Partial<Activities>, reruns = 2): Promise<Running> {
  const world = modelWorld();
  world.model.terms = { ...terms, reruns };
  const running = await service(activities, world);
  await running.start();
  await approveAll(running, 'branch');
  return running;
}

const values = (ledger: Ledger, id: Parameters<typeof gateOf>[1], label: string) =>
  gateOf(ledger, id)
    .subject.filter((line) => line.label === label)
    .map(({ value }) => value);

const again =
  'mode openai passed the 2nd of 3 attempts in step 6, on the same files (grace (unverified): rerun in a test)';

describe('a mode that failed because of somebody outside', () => {
  it('is run again on the same files, alone, and everybody who decides is told', async () => {
    const { runs, runMode } = overloaded(1, isDev);
    const running = await started({ runMode });
    const asked = await running.until(waitsAt('fix'));
    expect(values(asked, 'fix', 'next')).toEqual([
      saying(`slipway rerun ${running.request.package} 1.0.0 --reason "…"`),
    ]);
    expect(progress(asked, asked.startedAt).gates[0]?.commands).toContainEqual(saying('slipway rerun'));
    expect(runs).toHaveLength(2);
    expect(await answer(running, 'fix', 'rerun')).toMatchObject({ counted: true });
    const merging = await running.until(waitsAt('merge'));
    expect(runs).toHaveLength(3);
    expect(runs[2]).toBe(runs.find((run) => run.startsWith('openai')));
    expect(values(merging, 'merge', 'run again')).toEqual([again]);
    expect(merging.steps[5]).toMatchObject({ state: 'passed' });
    const found = merging.steps[5]?.evidence.map(({ what }) => what);
    expect(found).toEqual([again, 'mode: 9 tests passed', 'mode: 9 tests passed', 'application chatbot']);
    await approveAll(running, 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const ledger = await running.ledger();
    expect(ledger.candidates).toHaveLength(1);
    expect(progress(ledger, ledger.startedAt).candidates).toEqual([`1.0.0.dev0: passed; ${again}`]);
    expect(JSON.stringify(evidenceOf(ledger, ledger.startedAt))).toContain('Error code: 429');
  });

  it('is run again no more often than the settings allow, and then waits for a fix', async () => {
    const { runs, runMode } = overloaded(Infinity, (version) => version.endsWith('dev0'));
    const running = await started({ runMode });
    await answer(running, 'fix', 'rerun');
    const second = (ledger: Ledger) =>
      waitsAt('fix')(ledger) && ledger.candidates[0]?.tests?.[0]?.attempts.length === 2;
    await running.until(second);
    await answer(running, 'fix', 'rerun');
    const last = await running.until(
      (ledger) => waitsAt('fix')(ledger) && ledger.candidates[0]?.tests?.[0]?.attempts.length === 3,
    );
    expect(gateOf(last, 'fix').answers).toEqual(['fix']);
    expect(await answer(running, 'fix', 'rerun')).toMatchObject({
      counted: false,
      why: saying('mode openai ran 3 times on the same files, and the settings allow no more'),
    });
    expect(runs.filter((run) => run.startsWith('openai'))).toHaveLength(3);
    running.model.head = 'f'.repeat(40);
    await answer(running, 'fix', 'fix');
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const [first, next] = progress(await running.ledger(), '2026-01-01T00:00:00Z').candidates;
    expect(first).toContain('mode openai failed the 3rd of 3 attempts in step 6');
    expect(next).toBe('1.0.0.dev1: passed');
  });

  it('is not run again by a stranger, nor without a reason', async () => {
    const running = await started(overloaded(1, isDev));
    await running.until(waitsAt('fix'));
    const say = (message: { by: string; reason?: string }) =>
      sendMessage(running.client, running.request, 'rerun', message);
    expect(await say({ by: 'mallory', reason: 'please' })).toMatchObject({ counted: false });
    await expect(say({ by: 'grace' })).rejects.toMatchObject({
      trouble: { not: saying('rerun needs a reason'), next: saying('slipway rerun') },
    });
    expect(await say({ by: 'ada', reason: 'the provider was overloaded' })).toMatchObject({ counted: true });
    await running.until(waitsAt('merge'));
  });

  it('is not run again where the settings do not let it', async () => {
    const running = await started(overloaded(1, isDev), 0);
    expect(gateOf(await running.until(waitsAt('fix')), 'fix').answers).toEqual(['fix']);
  });
});

it('what failed and is no test is not run again', async () => {
  const running = await started({ checkInstallation: async () => notPassed([finding('no')]) });
  expect(gateOf(await running.until(waitsAt('fix')), 'fix').answers).toEqual(['fix']);
  expect(await answer(running, 'fix', 'rerun')).toMatchObject({ counted: false });
});

describe('the tests of the final files', () => {
  it('are run again before the upload, and a retry does not go round the bound', async () => {
    const { runs, runMode } = overloaded(1, (version) => version === '1.0.0');
    const running = await started({ runMode });
    await approveAll(running, 'merge');
    expect(gateOf(await running.until(waitsAt('fix')), 'fix').answers).toEqual(['fix', 'rerun']);
    await answer(running, 'fix', 'rerun');
    const asked = await running.until(waitsAt('production'));
    expect(values(asked, 'production', 'run again')).toEqual([saying('in step 9, on the same files')]);
    expect(runs.filter((run) => run.includes(' 1.0.0 '))).toHaveLength(3);
    await approveAll(running, 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });

  it('are run again after the upload instead of a yank', async () => {
    let uploaded = false;
    const world = modelWorld();
    const { ensurePublished } = world.activities;
    const { runMode } = overloaded(1, (version) => version === '1.0.0' && uploaded);
    const running = await started({
      runMode,
      ensurePublished: (input) => {
        uploaded = input.index.name === 'production';
        return ensurePublished(input);
      },
    });
    await approveAll(running, 'merge', 'production');
    expect(gateOf(await running.until(waitsAt('report')), 'report').answers).toEqual([
      'yank',
      'keep',
      'rerun',
    ]);
    await answer(running, 'report', 'rerun');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const { steps } = await running.ledger();
    expect(steps[9]).toMatchObject({ state: 'passed', findings: [] });
    expect(steps[9]?.evidence[0]?.what).toContain('mode openai passed the 2nd of 3 attempts in step 10');
  });
});
