import { describe, expect, test } from 'vitest';

import { shownGates } from '../../src/contract/progress.js';
import { progressMarkdown } from '../../src/contract/progress-markdown.js';
import type { Ledger } from '../../src/contract/state.js';
import { at, exampleGate, exampleHold, exampleLedger } from './example-release.js';

const markdownOf = (ledger: Ledger) => progressMarkdown(ledger, at);

describe('a card', () => {
  test('that is held says who holds it and why, and how it is lifted', () => {
    const ledger = exampleLedger({ gates: [exampleGate({ holds: [exampleHold()] })] });
    expect(markdownOf(ledger)).toContain('- held by linus until 2026-03-01T18:00:00.000Z, and no approvals');
    expect(shownGates(ledger)[0]?.commands).toContain('slipway lift llm-app-test 0.2.0 --gate branch');
  });

  test.each([
    [1, ['grace'], 'grace'],
    [1, ['grace', 'linus'], '1 of grace, linus'],
    [2, ['grace', 'linus'], 'grace, linus'],
    [2, ['grace', 'linus', 'tim'], '2 of grace, linus, tim'],
  ])('of a quorum of %j among %j asks %s', (quorum, approvers, whom) => {
    const ledger = exampleLedger({ gates: [exampleGate({ quorum })] }, { approvers: ['ada', ...approvers] });
    expect(markdownOf(ledger)).toContain(`**Waiting for ${whom}** since`);
  });
});
