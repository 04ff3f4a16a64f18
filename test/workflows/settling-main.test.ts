import { describe, expect, it } from 'vitest';

import { sendMessage, startLate } from '../../src/client/releases.js';
import type { RevertOutcome } from '../../src/contract/reverting.js';
import { yankId } from '../../src/contract/handles.js';
import type { Ledger } from '../../src/contract/state.js';
import { finding, notPassed } from '../../src/contract/verdict.js';
import { found, revert, yanked } from './after-yank.js';
import { hex } from './manifest.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { modelWorld, terms, type Activities } from './world.js';

describe('after a yank', () => {
  it('that has not waited for it, people see what main goes back to, and it goes there once its suites have passed', async () => {
    const running = await yanked();
    const asked = await running.until(waitsAt('put-main-back'));
    expect(asked.yank?.provenAt).toBeDefined();
    expect(running.model.effects.at(-1)).toBe('yank');
    expect(gateOf(asked, 'put-main-back')).toMatchObject({
      quorum: 1,
      answers: ['approve', 'reject'],
      // Ada, who started the release, could not approve it.
      calls: [{ who: 'grace' }],
      subject: [
        { label: 'last stable', value: saying('0.9.0 (v0.9.0, ') },
        { label: 'merge', value: hex('merge') },
        { label: 'version commit', value: hex('v1.0.0') },
        { label: 'stays', value: 'what other people have committed to main' },
      ],
    });
    await answer(running, 'put-main-back', 'approve', 'linus');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects.slice(-3)).toEqual([
      'yank',
      'suites on the revert as 0.9.0',
      'revert on main',
    ]);
    const ledger = await running.ledger();
    expect(ledger.rollback).toMatchObject({
      chosen: 'put back',
      by: 'linus',
      commit: revert,
      lastStable: { version: '0.9.0' },
    });
    expect(found(ledger)).toContain('release/1.0.0 is kept');
  });

  it('main is kept for a fix where people say so, and the branch too', async () => {
    const running = await yanked();
    await answer(running, 'put-main-back', 'reject', 'linus');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects.at(-1)).toBe('yank');
    const ledger = await running.ledger();
    expect(ledger.rollback).toMatchObject({ chosen: 'kept', by: 'linus' });
    expect(found(ledger)).toContain('linus kept main as it is');
  });

  it('that comes after the end, people are asked too', async () => {
    const world = modelWorld();
    world.model.terms = { ...terms, afterYank: 'ask' };
    const running = await service({}, world);
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    await outcome(running);
    const { package: name, version } = running.request;
    await startLate(running.client, 'yank', { package: name, version, by: 'grace', reason: 'found later' });
    const { id: gate, digest } = gateOf(await running.until(waitsAt('put-main-back')), 'put-main-back');
    const late = yankId(name, version);
    await sendMessage(running.client, running.request, 'approve', { by: 'grace', gate, digest }, late);
    await running.client.workflow.getHandle(late).result();
    expect(running.model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
    expect((await running.ledger()).rollback).toMatchObject({ chosen: 'put back', by: 'grace' });
  });

  it('people are told where tags alone say what is stable, since the index is down', async () => {
    const lastStable = { version: '0.9.0', tag: 'v0.9.0', commit: hex('old') };
    const running = await yanked(() => ({
      readLastStable: async () => ({ lastStable, unread: 'production cannot be read: 503' }),
    }));
    const gate = gateOf(await running.until(waitsAt('put-main-back')), 'put-main-back');
    expect(gate.subject).toContainEqual({ label: 'know that', value: saying('not whether it was yanked') });
    await answer(running, 'put-main-back', 'reject');
    await outcome(running);
  });
});

it('people read which tags main holds where the index lists none of these versions', async () => {
  const running = await yanked(() => ({ readLastStable: async () => ({ onlyTagged: 'v0.9.0' }) }));
  const gate = gateOf(await running.until(waitsAt('put-main-back')), 'put-main-back');
  expect(gate.subject[0]?.value).toBe(
    'none: main holds tags of stable versions before 1.0.0, v0.9.0 the latest, but production lists none of these versions, or only as yanked',
  );
  await answer(running, 'put-main-back', 'reject');
});

describe('a revert whose suites fail', () => {
  const failing = async () => notPassed([finding('99.8 % of src')]);
  const failsOnRevert = (effects: string[]): Partial<Activities> => ({
    checkSuites: async ({ source }) => {
      if (source.commit !== revert) return modelWorld().activities.checkSuites({ source, main: terms.main });
      effects.push('suites on the revert');
      return failing();
    },
  });

  async function asked(): Promise<Running> {
    const running = await yanked(failsOnRevert);
    await answer(running, 'put-main-back', 'approve');
    await running.until(
      (ledger) => waitsAt('put-main-back')(ledger) && about(ledger).includes('99.8 % of src'),
    );
    return running;
  }
  const about = (ledger: Ledger) => gateOf(ledger, 'put-main-back').subject.map(({ value }) => value);

  it('is pushed all the same where people say so', async () => {
    const running = await asked();
    expect(running.model.effects).not.toContain('revert on main');
    await answer(running, 'put-main-back', 'approve', 'linus');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects.at(-1)).toBe('revert on main');
  });

  it('is made and tested anew after main was mended by hand, or given up', async () => {
    const running = await asked();
    const effects = running.model.effects.length;
    await answer(running, 'put-main-back', 'retry');
    await running.until(() => running.model.effects.length > effects);
    expect(running.model.effects.at(-1)).toBe('suites on the revert');
    await running.until(waitsAt('put-main-back'));
    await answer(running, 'put-main-back', 'reject', 'linus');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects).not.toContain('revert on main');
    expect((await running.ledger()).rollback).toMatchObject({ chosen: 'kept', by: 'linus' });
  });
});

it.each([
  [
    'the tree before had no configuration',
    { revert: { commit: revert, onto: hex('merge') } },
    {},
    'no configuration',
  ],
  [
    'there is no last stable version',
    undefined,
    { readLastStable: async () => ({}) },
    'there is no last stable version on main',
  ],
] as const)(
  'a revert is not tested where %s, and the evidence says so',
  async (_what, made, changed, says) => {
    const running = await yanked(() => ({
      ...changed,
      ...(made === undefined
        ? {}
        : { ensureRevertMade: async () => ({ passed: true, evidence: [], ...made }) }),
    }));
    await answer(running, 'put-main-back', 'approve');
    await outcome(running);
    expect(running.model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
    expect(found(await running.ledger())).toMatch(new RegExp(`no suite was run on [0-9a-f]{12}: .*${says}`));
  },
);

it('a revert is made and tested anew when main has moved meanwhile', async () => {
  let moved = false;
  const running = await yanked((effects) => ({
    ensureReverted: async (): Promise<RevertOutcome> => {
      if (moved) {
        effects.push('revert on main');
        return { state: 'done', evidence: [] };
      }
      moved = true;
      return { state: 'moved' };
    },
  }));
  await answer(running, 'put-main-back', 'approve');
  await outcome(running);
  const suites = 'suites on the revert as 0.9.0';
  expect(running.model.effects.slice(-4)).toEqual(['yank', suites, suites, 'revert on main']);
});

it('a conflict is put to people with what to do, until main holds nothing of the release', async () => {
  let mended = false;
  const running = await yanked(() => ({
    ensureRevertMade: async () =>
      mended
        ? { passed: true, evidence: [], back: hex('by hand') }
        : notPassed([finding('others have changed core.py since')]),
  }));
  await answer(running, 'put-main-back', 'approve');
  const ledger = await running.until(
    (now) => waitsAt('put-main-back')(now) && gateOf(now, 'put-main-back').answers.includes('retry'),
  );
  expect(gateOf(ledger, 'put-main-back').answers).toEqual(['retry', 'reject']);
  mended = true;
  await answer(running, 'put-main-back', 'retry');
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  expect((await running.ledger()).rollback).toMatchObject({ chosen: 'put back', commit: hex('by hand') });
});

it('a protected main is right once the proposal is merged, and what was merged beside it is tested as well', async () => {
  const onMain = hex('on main');
  let red = true;
  const running = await yanked((effects) => ({
    ensureReverted: async () => ({ state: 'proposed', pull: { id: '7' }, evidence: [{ what: 'proposed' }] }),
    awaitReverted: async ({ pull }) => {
      expect(pull).toEqual({ id: '7' });
      if (red) return notPassed([finding('The check ci is no success: failure')]);
      return {
        passed: true,
        evidence: [],
        commit: onMain,
        untested: { commit: onMain, onto: revert, config: 'c'.repeat(64) },
      };
    },
    checkSuites: async (input) => {
      effects.push(`suites on ${input.source.commit}`);
      return modelWorld().activities.checkSuites(input);
    },
  }));
  await answer(running, 'put-main-back', 'approve');
  await running.until(
    (now) => waitsAt('put-main-back')(now) && gateOf(now, 'put-main-back').answers.includes('retry'),
  );
  red = false;
  await answer(running, 'put-main-back', 'retry');
  expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
  expect(running.model.effects.at(-1)).toBe(`suites on ${onMain}`);
  expect((await running.ledger()).rollback).toMatchObject({ commit: onMain });
});

it('an abort between merge and upload takes the same road', async () => {
  const running = await service();
  await running.start();
  await approveAll(running, 'branch', 'merge');
  await running.until(waitsAt('production'));
  await sendMessage(running.client, running.request, 'abort', { by: 'ada', reason: 'not now' });
  const gate = gateOf(await running.until(waitsAt('put-main-back')), 'put-main-back');
  expect(gate.subject[0]).toMatchObject({ label: 'last stable', value: saying('0.9.0') });
  await answer(running, 'put-main-back', 'approve');
  expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  const ledger = await running.ledger();
  expect(running.model.effects.at(-1)).toBe('revert on main');
  expect(found(ledger)).toContain(`all suites passed on ${revert.slice(0, 12)}`);
  expect(found(ledger)).toContain('release/1.0.0 is kept');
});
