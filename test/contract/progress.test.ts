import { describe, expect, test } from 'vitest';

import { headline, progress, progressMarkdown } from '../../src/contract/progress.js';
import type { Candidate, Ledger } from '../../src/contract/state.js';
import { steps } from '../../src/contract/steps.js';
import { at, exampleGate, exampleLedger, hostileTexts, withStep } from './example-release.js';

const stop = (kind: 'abort' | 'yank') => ({ kind, by: 'grace', at, reason: 'broken' });
const watch = { from: at, until: '2026-03-02T00:00:00.000Z' };
const outcome = { outcome: 'released', package: 'llm-app-test', version: '0.2.0', summary: 'Done.' } as const;

function candidate(changes: Partial<Candidate>): Candidate {
  const config = {
    digest: 'd'.repeat(64),
    suites: [],
    modes: [],
    applications: [],
    minimumCoverage: 100,
    tag: 'v0.2.0',
  };
  return { base: 'b'.repeat(40), config, configChanges: [], coverage: [], findings: [], ...changes };
}

const shown = (ledger: Ledger) => progress(ledger, at);
const markdownOf = (ledger: Ledger) => progressMarkdown(ledger, at);

describe('the headline', () => {
  test.each<[string, Partial<Ledger>]>([
    ['running', {}],
    ['waiting for people', { gates: [exampleGate()] }],
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
      candidate({
        version: '0.2.0.dev0',
        passed: false,
        findings: [{ title: 'no prompts' }],
        fix: 'shipped',
      }),
      candidate({ version: '0.2.0.dev1', passed: true }),
      candidate({}),
    ];
    expect(shown(exampleLedger({ candidates })).candidates).toEqual([
      '0.2.0.dev0: not passed — no prompts; fixed: shipped',
      '0.2.0.dev1: passed',
      `${'b'.repeat(12)}: in work`,
    ]);
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
])('a release that is taken back says: %s', (line, rollback) => {
  const ledger = exampleLedger({ rollback });
  expect(shown(ledger).takingBack).toEqual([line]);
  expect(markdownOf(ledger)).toContain(line);
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
    expect(gate).toMatchObject({ given: '1 of 2 grace (unverified)', who: 'grace, linus' });
  });

  test('that was answered is not shown', () => {
    expect(shown(exampleLedger({ gates: [exampleGate({ closedAt: at })] })).gates).toEqual([]);
  });
});

/** A ledger in which everything that comes from outside is this text. */
function ledgerFullOf(text: string): Ledger {
  const ledger = exampleLedger(
    {
      notice: text,
      watch,
      candidates: Array.from({ length: 200 }, () =>
        candidate({ version: text, findings: [{ title: text }], fix: text }),
      ),
      gates: [
        exampleGate({
          consequence: text,
          subject: Array.from({ length: 200 }, () => ({ label: text, value: text })),
          decisions: [{ message: text, kind: 'approve', by: text, at, channel: 'review', reason: text }],
          quorum: 2,
        }),
      ],
      messages: Array.from({ length: 200 }, (_, index) => ({
        id: String(index),
        kind: 'approve' as const,
        by: text,
        at,
        channel: 'signal' as const,
        counted: false,
        why: text,
      })),
    },
    { approvers: [text] },
  );
  const evidence = Array.from({ length: 200 }, () => ({ what: text }));
  return {
    ...ledger,
    request: { ...ledger.request, package: text.slice(0, 50), version: text.slice(0, 50) },
    steps: ledger.steps.map((step) => ({ ...step, evidence })),
  };
}

/** What is markup in Markdown: neither escaped nor inside a command. */
function markupIn(markdown: string): string[] {
  const bare = markdown.replace(/^- `slipway [^`\n]*`$/gm, '').replace(/\\[^\n]/g, '');
  return bare.match(/[<>[\]`*_~&#]/g) ?? [];
}

describe('the details in the Web UI', () => {
  const plain = markdownOf(ledgerFullOf('text'));

  test('are a table with a row for each step', () => {
    const rows = markdownOf(exampleLedger())
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows[0]).toBe('| # | Step | State | Found |');
    expect(rows.slice(1).map((row) => row.split(' | ')[1])).toEqual(steps.map(({ title }) => title));
  });

  test.each(hostileTexts)('hold %j as text: the page keeps its shape', (text) => {
    const markdown = markdownOf(ledgerFullOf(text));
    expect(markdown.split('\n')).toHaveLength(plain.split('\n').length);
    expect(markupIn(markdown)).toEqual(markupIn(plain));
    const cells = markdown.split('\n').filter((line) => line.startsWith('|'));
    for (const row of cells.slice(2)) expect(row.replaceAll(/\\./g, '').split('|')).toHaveLength(6);
    expect(markdown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });

  test.each(['- item', '+ item', '1. item', '2) item', '===', '---'])(
    'hold %j in a list as text and not as a list of its own',
    (text) => {
      const notice = markdownOf(exampleLedger({ candidates: [candidate({ version: text })] }));
      expect(notice).toMatch(/^- (\\|\d\\)/m);
    },
  );

  test.each(['x', '|', '<', '\u{1f680}', '語'])(
    'stay under 20 kB when everything is a long text of %s',
    (text) => {
      const markdown = markdownOf(ledgerFullOf(text.repeat(5000)));
      expect(Buffer.byteLength(markdown)).toBeLessThan(20_000);
    },
  );

  test('say what they leave out', () => {
    expect(plain).toContain('- 190 more, which `slipway status` shows');
    expect(plain).toContain('- 195 earlier');
  });

  test('name gate and digest for who answers from there', () => {
    const markdown = markdownOf(exampleLedger({ gates: [exampleGate()] }));
    expect(markdown).toContain('send the signal from here with gate `branch` and digest `abcdef012345`');
  });
});
