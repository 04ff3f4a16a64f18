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
