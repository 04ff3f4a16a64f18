import { describe, expect, test } from 'vitest';

import { headline, progress } from '../../src/contract/progress.js';
import { progressMarkdown } from '../../src/contract/progress-markdown.js';
import type { Ledger } from '../../src/contract/state.js';
import { steps } from '../../src/contract/steps.js';
import {
  at,
  exampleCandidate,
  exampleGate,
  exampleHold,
  exampleLedger,
  told,
  withStep,
} from './example-release.js';

const stop = (kind: 'abort' | 'yank') => ({ kind, by: 'grace', at, reason: 'broken' });
const watch = { from: at, until: '2026-03-02T00:00:00.000Z' };
const outcome = {
  outcome: 'released',
  package: 'llm-app-test',
  version: '0.2.0',
  summary: 'Done.',
  told,
} as const;

const hold = exampleHold();

const shown = (ledger: Ledger) => progress(ledger, at);

describe('the headline', () => {
  test.each<[string, Partial<Ledger>]>([
    ['running', {}],
    ['waiting for people', { gates: [exampleGate()] }],
    ['held by linus', { gates: [exampleGate({ holds: [hold] })] }],
    ['waiting for people', { gates: [exampleGate({ holds: [{ ...hold, endedAt: at }] })] }],
    ['running', { gates: [exampleGate({ closedAt: at })] }],
    ['watching', { watch }],
    ['waiting for people', { watch, gates: [exampleGate({ id: 'report' })] }],
    ['abandoning', { stop: stop('abort'), gates: [exampleGate({ id: 'put-main-back' })] }],
    ['yanking', { stop: stop('yank'), watch }],
    [
      'yanked, concluding',
      { stop: stop('yank'), yank: { by: 'grace', reason: 'broken', askedAt: at, provenAt: at } },
    ],
    ['released', { outcome, watch }],
    ['refused', { phase: 'closed' }],
  ])('says %s', (text, changes) => {
    expect(headline(exampleLedger(changes))).toBe(text);
  });

  test('says opening until the terms are read', () => {
    const { terms: _terms, ...ledger } = exampleLedger();
    expect(headline(ledger)).toBe('running');
  });
});

describe('progress', () => {
  test('has the twelve steps with their titles, states and what was found', () => {
    const ledger = withStep(exampleLedger(), '01-validate-branch', {
      state: 'passed',
      evidence: [{ what: 'current: 100 %' }, { what: 'approved by grace' }],
    });
    const { rows } = shown(ledger);
    expect(rows.map(({ number, id, title }) => ({ number, id, title }))).toEqual(
      steps.map(({ id, title }, index) => ({ number: index + 1, id, title })),
    );
    expect(rows[0]).toMatchObject({ state: 'passed', found: ['current: 100 %', 'approved by grace'] });
    expect(rows[1]).toMatchObject({ state: 'waiting', found: [] });
  });

  test('shows findings in place of the evidence before them', () => {
    const ledger = withStep(exampleLedger(), '06-run-tests', {
      state: 'failed',
      evidence: [{ what: 'mode openai passed' }],
      findings: [{ title: 'test_x failed in mode anthropic', detail: 'a long tail' }],
    });
    expect(shown(ledger).rows[5]?.found).toEqual(['test_x failed in mode anthropic']);
  });

  test('shows each candidate with its cause and its fix', () => {
    const candidates = [
      exampleCandidate({
        version: '0.2.0.dev0',
        passed: false,
        findings: [{ title: 'no prompts' }],
        fix: 'shipped',
      }),
      exampleCandidate({ version: '0.2.0.dev1', passed: true }),
      exampleCandidate({}),
    ];
    expect(shown(exampleLedger({ candidates })).candidates).toEqual([
      '0.2.0.dev0: not passed — no prompts; fixed: shipped',
      '0.2.0.dev1: passed',
      `${'b'.repeat(12)}: in work`,
    ]);
    expect(shown(exampleLedger({ candidates, stop: stop('abort') })).candidates[2]).toBe(
      `${'b'.repeat(12)}: given up`,
    );
  });

  test('shows the last three messages that did not count', () => {
    const messages = ['one', 'two', 'three', 'four', 'five'].map((id, index) => ({
      id,
      kind: 'approve' as const,
      by: 'mallory',
      at,
      channel: 'signal' as const,
      counted: index === 2,
      why: id,
    }));
    expect(shown(exampleLedger({ messages })).ignored).toEqual([
      'approve from mallory: two',
      'approve from mallory: four',
      'approve from mallory: five',
    ]);
  });

  test('shows the watch as a deadline while it runs, and no longer once it was cut short', () => {
    expect(shown(exampleLedger({ watch })).deadlines).toEqual([{ what: 'the watch', at: watch.until }]);
    expect(shown(exampleLedger({ watch, outcome })).deadlines).toEqual([]);
    expect(shown(exampleLedger({ watch, stop: stop('yank') })).deadlines).toEqual([]);
  });
});

test.each<[string, NonNullable<Ledger['rollback']>]>([
  [
    'main is being put back to 0.1.0, as grace chose',
    {
      chosen: 'put back',
      by: 'grace',
      lastStable: { version: '0.1.0', tag: 'v0.1.0', commit: 'a'.repeat(40) },
    },
  ],
  [
    'main is put back to what it was by cccccccccccc, as the settings chose',
    { chosen: 'put back', by: 'the settings', commit: 'c'.repeat(40) },
  ],
  ['grace kept main as it is', { chosen: 'kept', by: 'grace' }],
  [
    'main stays at cccccccccccc without a revert: taking 0.2.0 out changes no file of it',
    { chosen: 'put back', by: 'grace', unchanged: 'c'.repeat(40) },
  ],
  ['main is put back to what it was by cccccccccccc', { commit: 'c'.repeat(40) }],
])('a release that is taken back says: %s', (line, rollback) => {
  const ledger = exampleLedger({ rollback });
  expect(shown(ledger).takingBack).toEqual([line]);
  expect(progressMarkdown(ledger, at)).toContain(line);
});

describe('an open gate', () => {
  const commands = (ledger: Ledger) => shown(ledger).gates[0]?.commands;
  const bound = '--gate branch --digest abcdef012345';

  test('shows a command for each answer, bound to what is asked, and the way out', () => {
    expect(commands(exampleLedger({ gates: [exampleGate()] }))).toEqual([
      `slipway approve llm-app-test 0.2.0 ${bound}`,
      `slipway reject llm-app-test 0.2.0 ${bound} --reason "…"`,
      'slipway fix llm-app-test 0.2.0 --reason "…"',
      'slipway abort llm-app-test 0.2.0 --reason "…"',
    ]);
  });

  test('shows yank in place of abort once the upload has begun', () => {
    const gates = [exampleGate({ id: 'trouble', answers: ['retry'] })];
    expect(commands(exampleLedger({ gates, phase: 'uploading' }))?.map((line) => line.split(' ')[1])).toEqual(
      ['retry', 'yank'],
    );
    const report = [exampleGate({ id: 'report', answers: ['yank', 'keep'] })];
    expect(commands(exampleLedger({ gates: report, phase: 'uploading' }))).toHaveLength(2);
  });

  test('shows no way out of a release that is stopping already', () => {
    const gates = [exampleGate({ id: 'put-main-back', answers: ['approve', 'reject'] })];
    const ledger = exampleLedger({ gates, phase: 'merged', stop: stop('abort') });
    expect(commands(ledger)?.map((line) => line.split(' ')[1])).toEqual(['approve', 'reject']);
  });

  test('shows who has said yes as a claim, and who may', () => {
    const decisions = [
      { message: '1', kind: 'approve' as const, by: 'grace', at, channel: 'update' as const },
    ];
    const [gate] = shown(exampleLedger({ gates: [exampleGate({ quorum: 2, decisions })] })).gates;
    expect(gate).toMatchObject({ given: '1 of 2 grace (unverified)', who: 'linus', needed: 1 });
  });

  test('that was answered is not shown', () => {
    expect(shown(exampleLedger({ gates: [exampleGate({ closedAt: at })] })).gates).toEqual([]);
  });
});
