import { stripVTControlCharacters } from 'node:util';

import { describe, expect, test } from 'vitest';

import { localTime, renderStatus, wrap, type Screen } from '../../src/client/render.js';
import type { Candidate, Ledger } from '../../src/contract/state.js';
import { steps } from '../../src/contract/steps.js';
import { at, exampleGate, exampleLedger, hostileTexts, told, withStep } from '../contract/example-release.js';

const plain: Screen = { width: 80, colour: false, now: new Date(at) };

const candidate: Candidate = {
  base: 'b'.repeat(40),
  version: '0.2.0.dev0',
  config: {
    digest: 'd'.repeat(64),
    suites: ['current'],
    modes: ['openai'],
    applications: [],
    minimumCoverage: 100,
    tag: 'v0.2.0',
  },
  configChanges: [],
  coverage: [],
  passed: false,
  findings: [{ title: 'test_chatbot failed in the application chatbot: a prompt is not in the wheel' }],
};

/** A release in which everything that can be shown is there. */
function fullLedger(text: string): Ledger {
  const ledger = exampleLedger(
    {
      notice: text,
      watch: { from: at, until: '2026-03-02T00:00:00.000Z' },
      candidates: [{ ...candidate, fix: text }],
      gates: [
        exampleGate({
          consequence: text,
          subject: [
            { label: 'a file', value: `sha256 ${'e'.repeat(64)} and sha256 ${'f'.repeat(64)}` },
            { label: text, value: text },
            { label: '', value: '' },
          ],
          decisions: [{ message: '1', kind: 'approve', by: text, at, channel: 'update' }],
          quorum: 2,
        }),
      ],
      messages: [{ id: '1', kind: 'approve', by: text, at, channel: 'signal', counted: false, why: text }],
    },
    { approvers: ['ada', text] },
  );
  return withStep(ledger, '06-run-tests', { state: 'failed', findings: [{ title: text }] });
}

const isCommand = (line: string) => line.startsWith('  $ ');

describe('the status of a release', () => {
  test('shows what it waits for, what to type and the twelve steps', () => {
    const ledger = withStep(exampleLedger({ gates: [exampleGate()] }), '01-validate-branch', {
      state: 'running',
      evidence: [{ what: 'current covers 100 %' }],
    });
    const lines = renderStatus(ledger, plain).split('\n');
    expect(lines[0]).toBe('llm-app-test 0.2.0: waiting for people');
    expect(lines).toContain('  commit  cccccccccccccccccccccccccccccccccccccccc');
    expect(lines).toContain('  digest  abcdef012345 (0 of 1)');
    expect(lines.filter(isCommand)).toEqual([
      '  $ slipway approve llm-app-test 0.2.0 --gate branch --digest abcdef012345',
      '  $ slipway reject llm-app-test 0.2.0 --gate branch --digest abcdef012345 --reason "…"',
      '  $ slipway fix llm-app-test 0.2.0 --reason "…"',
      '  $ slipway abort llm-app-test 0.2.0 --reason "…"',
    ]);
    const marks = steps.map(({ title }) => lines.find((line) => line.endsWith(title))?.slice(0, 4));
    expect(marks).toEqual([
      '▶  1',
      ...['·  2', '·  3', '·  4', '·  5', '·  6', '·  7', '·  8', '·  9', '· 10', '· 11', '· 12'],
    ]);
    expect(lines).toContain('     current covers 100 %');
  });

  test('shows what was found in one line for each step, or all of it, or where there is no room only what has begun', () => {
    const long = { what: `current: ${'a suite '.repeat(20)}end` };
    const ledger = withStep(exampleLedger(), '01-validate-branch', {
      state: 'passed',
      evidence: [long, long],
    });
    const found = (screen: Partial<Screen>) =>
      renderStatus(ledger, { ...plain, ...screen })
        .split('\n')
        .filter((line) => line.startsWith('     '));
    expect(found({})).toEqual([expect.stringMatching(/^ {5}current: .{65}…$/)]);
    expect(found({ found: 'all' }).join(' ').match(/end/g)).toHaveLength(2);
    const least = renderStatus(ledger, { ...plain, found: 'least' }).split('\n');
    expect(least.slice(-2)).toEqual(['✔  1 Validate the release branch', '·  2 to 12 are still to come']);
  });

  test('shows for how long a step runs, and how to look on, where nobody is waited for', () => {
    const ledger = withStep(exampleLedger(), '06-run-tests', { state: 'running', startedAt: at });
    const later = new Date(Date.parse(at) + 3_671_000);
    const lines = renderStatus(ledger, { ...plain, now: later }).split('\n');
    expect(lines[1]).toMatch(/^at step 6 of 12 since .*; it waits for nobody$/);
    expect(lines[2]).toBe('  $ slipway log llm-app-test 0.2.0 --step 6 --follow');
    expect(lines).toContain('▶  6 Run the tests in every mode and application (1:01:11)');
  });

  test('has what ends by itself after what it waits for', () => {
    const watch = { from: at, until: '2026-03-02T00:00:00.000Z' };
    const lines = renderStatus(exampleLedger({ watch, gates: [exampleGate()] }), plain).split('\n');
    const first = (start: string) => lines.findIndex((line) => line.startsWith(start));
    const order = ['waiting for', '  $ slipway approve', 'the watch ends', '·  1'].map(first);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test('shows how it ended', () => {
    const outcome = { outcome: 'released', package: 'llm-app-test', version: '0.2.0' } as const;
    const text = renderStatus(
      exampleLedger({ outcome: { ...outcome, summary: 'It is released.', told } }),
      plain,
    );
    expect(text.split('\n').slice(0, 2)).toEqual(['llm-app-test 0.2.0: released', 'It is released.']);
    expect(text).toContain('\ntrue now: It is there.\nnot done: Nothing is left to do.\nnext: Look at it.\n');
  });

  test.each([80, 100, 200])(
    'fits into %d columns, but for the commands, which are there to be copied',
    (width) => {
      for (const text of ['words '.repeat(200), 'x'.repeat(1000), 'short', '']) {
        const lines = renderStatus(fullLedger(text), { ...plain, width }).split('\n');
        expect(lines.filter((line) => line.length > width && !isCommand(line))).toEqual([]);
        expect(lines.filter(isCommand)).toHaveLength(4);
      }
    },
  );

  test.each([undefined, 0, 1, 20])(
    'is drawn to its end on a terminal that says it has %j columns',
    (width) => {
      const screen = { ...plain, width: width ?? Number.NaN };
      expect(renderStatus(fullLedger('some words'), screen)).toContain('Conclude the release');
    },
  );

  test('has no line that ends in a blank', () => {
    expect(renderStatus(fullLedger('some words '), plain)).not.toMatch(/[ \t]$/m);
  });

  test('has colours only where they are wanted, and the same text in both', () => {
    const ledger = fullLedger('some words');
    const coloured = renderStatus(ledger, { ...plain, colour: true });
    expect(coloured).toContain('\u001b[31m✘  6 Run the tests in every mode and application\u001b[0m');
    expect(renderStatus(ledger, plain)).not.toContain('\u001b');
    expect(stripVTControlCharacters(coloured)).toBe(renderStatus(ledger, plain));
  });

  test.each(hostileTexts)('shows %j without obeying it', (text) => {
    for (const colour of [false, true]) {
      const ledger = fullLedger(text);
      const request = { ...ledger.request, package: text, version: text };
      const shown = renderStatus({ ...ledger, request }, { ...plain, colour });
      const own = colour ? shown.replace(/\u001b\[\d+m/g, '') : shown;
      expect(own.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      if (colour)
        expect(shown.match(/\u001b\[0m/g)).toHaveLength(shown.split(/\u001b\[[1-9]\d*m/).length - 1);
    }
  });

  test('keeps its shape whatever somebody writes into it', () => {
    const shape = (text: string) =>
      renderStatus(fullLedger(text), plain)
        .split('\n')
        .map((line) => /^(waiting for|[·▶✔✘–] [ \d]{2}|candidates|messages that| {2}\$)/.exec(line)?.[0])
        .filter((start) => start !== undefined);
    for (const text of hostileTexts) expect(shape(text)).toEqual(shape('text'));
  });
});

describe('a wrapped text', () => {
  test('breaks at blanks, and hangs what follows below what it belongs to', () => {
    expect(wrap('finding  a sentence of some words that goes on', 40, '  ', ' '.repeat(9))).toEqual([
      '  finding  a sentence of some words that',
      '           goes on',
    ]);
  });

  test('is cut hard where it has no blank, and loses nothing', () => {
    const text = '0123456789'.repeat(20);
    const lines = wrap(text, 50, '  ', '    ');
    expect(lines.every((line) => line.length <= 50)).toBe(true);
    expect(lines.map((line) => line.trim()).join('')).toBe(text);
  });
});

describe('a moment', () => {
  test.each([
    ['2026-03-01T12:00:00.000Z', '(in 0 s)'],
    ['2026-03-01T12:01:00.000Z', '(in 60 s)'],
    ['2026-03-01T12:30:00.000Z', '(in 30 min)'],
    ['2026-03-02T00:00:00.000Z', '(in 12.0 h)'],
    ['2026-03-01T11:59:00.000Z', '(60 s ago)'],
    ['2026-02-28T12:00:00.000Z', '(24.0 h ago)'],
  ])('%s is shown with what it is from now: %s', (moment, distance) => {
    expect(localTime(moment, new Date(at))).toContain(distance);
  });
});
