import { expect, test } from 'vitest';

import { proofOf } from '../../src/contract/proof.js';
import { at, exampleGate, exampleLedger } from './example-release.js';

test('what a release shows says who answered what, and nothing that a tool printed', () => {
  const decision = {
    ...{ message: 'm1', kind: 'approve' as const, by: 'grace', at, channel: 'update' as const },
    reason: 'read it',
  };
  const gate = exampleGate({ decisions: [decision], answer: 'approve', closedAt: at });
  const ledger = exampleLedger({
    gates: [gate],
    candidates: [
      {
        base: 'c'.repeat(40),
        config: {
          ...{ digest: 'd', suites: [], modes: [], applications: [], minimumCoverage: 100, tag: 'v1' },
        },
        configChanges: [],
        coverage: [{ what: '100 % of 12 lines' }],
        findings: [{ title: 'test_it failed', detail: 'E  printed-by-a-tool', log: 'e'.repeat(64) }],
      },
    ],
  });
  const shown = proofOf(ledger);
  expect(shown).toMatchObject({
    package: 'llm-app-test',
    version: '0.2.0',
    candidates: [{ coverage: ['100 % of 12 lines'], findings: ['test_it failed'] }],
    answers: [
      {
        question: 'branch',
        digest: gate.digest,
        answer: 'approve',
        by: [{ by: 'grace', reason: 'read it' }],
      },
    ],
  });
  expect(JSON.stringify(shown)).not.toContain('printed-by-a-tool');
});

test('what a yanked release shows names reason, people, driver, seconds, and what users get instead', () => {
  const after = (seconds: number) => new Date(Date.parse(at) + seconds * 1000).toISOString();
  const yank = {
    ...{ reason: 'data loss', by: 'grace', askedAt: at, driver: 'web', provenAt: after(4.2) },
    fallback: { versions: ['0.1.0'], at: after(30) },
    unYanks: [
      {
        ...{ reason: 'a mistake', by: 'ada', askedAt: after(60), approvedBy: ['ada', 'linus'] },
        ...{ driver: 'person', provenAt: after(180) },
      },
    ],
  };
  const former = { reason: 'first', by: 'linus', askedAt: at, driver: 'person', provenAt: after(90) };
  const summary = { package: 'llm-app-test', version: '0.2.0', summary: '' };
  const shown = proofOf(
    exampleLedger({ yank, formerYanks: [former], outcome: { outcome: 'un-yanked', ...summary } }),
  );
  expect(shown).toMatchObject({
    outcome: 'un-yanked',
    yanks: [
      { reason: 'first', seconds: 90 },
      { ...yank, seconds: 4.2, unYanks: [{ approvedBy: ['ada', 'linus'], seconds: 120 }] },
    ],
  });
});
