import { describe, expect, test } from 'vitest';

import type { Ledger } from '../../src/contract/state.js';
import { evidenceOf } from '../../src/evidence/evidence.js';
import { at, exampleGate, hostileTexts, withStep } from '../contract/example-release.js';
import { after, candidate, decision, digest, textsOf, whole } from './whole-release.js';

describe('the report', () => {
  test('loads nothing and runs nothing', () => {
    const report = textsOf(whole()).get('report') ?? '';
    expect(report).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|\shref=|\son\w+=/i);
    expect(report).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test.each(hostileTexts)('shows %j as a text', (reason) => {
    const gate = exampleGate({
      decisions: [{ ...decision, reason }],
      answer: 'approve',
      closedAt: after(30),
    });
    const report =
      textsOf(
        whole({ gates: [gate], candidates: [{ ...candidate, fix: reason, findings: [{ title: reason }] }] }),
      ).get('report') ?? '';
    expect(report).not.toMatch(/<script|<img/i);
    expect(report).not.toMatch(/[\p{Cf}\p{Cs}]|[^\P{Cc}\n\t]/u);
  });

  test('has the timeline as a picture with a text for who does not see it', () => {
    const report = textsOf(whole()).get('report') ?? '';
    expect(report).toMatch(/<svg[^>]* role="img" aria-labelledby="picture-title picture-text">/);
    expect(report).toMatch(
      /<desc id="picture-text">[^<]*6 Run the tests in every mode and application \(passed\), for 40 s/,
    );
    expect(report.match(/data-kind="question"/g)).toHaveLength(1);
    expect(report).not.toContain('NaN');
  });

  const read = (ledger: Ledger) =>
    (textsOf(ledger).get('report') ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

  test('says when the watch was really over, and what was planned', () => {
    const watched = (endedAt: string) =>
      read(withStep(whole(), '11-watch-release', { state: 'passed', startedAt: after(310), endedAt }));
    expect(watched(after(43_511))).toContain(
      'from 2026-03-01 12:05:10 until 2026-03-02 00:05:11 (planned for 12 h)',
    );
    expect(watched(after(370))).toContain(
      'from 2026-03-01 12:05:10 until 2026-03-01 12:06:10, when it was broken off; planned until 2026-03-02 00:05:10 (12 h)',
    );
  });

  test('says that there is no version where an installation takes none instead of a yanked one', () => {
    const yank = { reason: 'data loss', by: 'grace', askedAt: at, provenAt: after(4) };
    const instead = (versions: string[]) =>
      read(whole({ yank: { ...yank, fallback: { versions, at: after(30) } } }));
    expect(instead([])).toContain('users get instead nothing: there is no version');
    expect(instead(['0.1.0', '0.0.9'])).toContain('users get instead 0.1.0 or 0.0.9');
  });

  test('says of a candidate that it was given up where a stop came before it was judged', () => {
    const { judgedAt: _judged, passed: _passed, findings: _findings, ...unjudged } = candidate;
    const ledger = whole({
      candidates: [{ ...unjudged, findings: [] }],
      stop: { kind: 'abort', by: 'ada', at: after(40), reason: 'not now' },
    });
    expect(read(ledger)).toContain('given up');
    expect(read(ledger)).not.toContain('in work');
    const mark = evidenceOf(ledger, at).timeline.find(({ kind }) => kind === 'candidate');
    expect(mark).toMatchObject({ state: 'given up', until: after(40) });
  });

  test('says who held, who approved what they had started, what fell, what was amended, and what ran again', () => {
    const hold = { message: 'm3', by: 'linus', at: after(5), channel: 'signal' as const, reason: 'the docs' };
    const part = { step: '06-run-tests' as const, name: 'mode openai', files: digest('4') };
    const ledger = whole({
      gates: [
        exampleGate({
          decisions: [{ ...decision, by: 'ada', own: { retyped: '0.2.0', opened: at } }],
          holds: [{ ...hold, until: after(25), endedAt: after(20) }],
          fell: { at: after(60), why: 'expired' },
          closedAt: after(60),
        }),
      ],
      amendments: [
        {
          ...{ by: 'grace', reason: 'linus is away', askedAt: after(70), approvers: ['ada'], quorum: 1 },
          ...{ before: { approvers: ['ada', 'linus'], quorum: 2 }, approvedBy: ['ada', 'grace'] },
        },
      ],
      candidates: [
        {
          ...candidate,
          tests: [
            {
              ...part,
              attempts: [
                { at, passed: false, found: [] },
                { at: after(9), passed: true, found: [], asked: { by: 'grace', reason: 'it answered 429' } },
              ],
            },
          ],
        },
      ],
    });
    const text = read(ledger);
    for (const said of [
      'linus hold until 2026-03-01 12:00:25, ended 2026-03-01 12:00:20',
      'started it, and typed 0.2.0 again; it was asked at 2026-03-01 12:00:00',
      'Expired 2026-03-01 12:01:00: what was approved fell, and it was asked anew.',
      '2 of ada, linus 1 of ada approved by ada and grace',
      'mode openai, on the same files: failed 2026-03-01 12:00:00; passed 2026-03-01 12:00:09, asked for by grace: it answered 429',
    ])
      expect(text).toContain(said);
  });
});
