import { describe, expect, test } from 'vitest';

import { progressMarkdown } from '../../src/contract/progress-markdown.js';
import type { Ledger } from '../../src/contract/state.js';
import { steps } from '../../src/contract/steps.js';
import { at, exampleCandidate, exampleGate, exampleLedger, hostileTexts } from './example-release.js';

const watch = { from: at, until: '2026-03-02T00:00:00.000Z' };
const markdownOf = (ledger: Ledger) => progressMarkdown(ledger, at);

/** A ledger in which everything that comes from outside is this text. */
function ledgerFullOf(text: string): Ledger {
  const ledger = exampleLedger(
    {
      notice: text,
      watch,
      candidates: Array.from({ length: 200 }, () =>
        exampleCandidate({ version: text, findings: [{ title: text }], fix: text }),
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
      const notice = markdownOf(exampleLedger({ candidates: [exampleCandidate({ version: text })] }));
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
    expect(plain).toContain('- 188 more, which `slipway status` shows');
    expect(plain).toContain('- 195 earlier');
  });

  test('name gate and digest for who answers from there', () => {
    const markdown = markdownOf(exampleLedger({ gates: [exampleGate()] }));
    expect(markdown).toContain('send the signal from here with gate `branch` and digest `abcdef012345`');
  });
});
