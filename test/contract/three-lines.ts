import { expect } from 'vitest';

import type { GateId } from '../../src/contract/gates.js';
import type { Ledger } from '../../src/contract/state.js';
import { troubleLines, type Trouble } from '../../src/contract/trouble.js';

/** Sees to it that a text says what is true now, what is not done, and what comes next, in this order. */
export function expectThreeLines(text: string): void {
  expect(text).toMatch(/^true now: \S[\s\S]*^not done: \S[\s\S]*^next: \S/m);
}

/** The same of three lines whose next one is a command that can be pasted, for this release. */
export function expectPasteable(trouble: Trouble, release: { package: string; version: string }): void {
  expectThreeLines(troubleLines(trouble).join('\n'));
  expect(trouble.next).toMatch(new RegExp(`\`slipway [a-z-]+ ${release.package} ${release.version}[\` ]`));
}

/** The gates that are asked because something failed. */
const afterFailures: readonly GateId[] = ['fix', 'trouble', 'coverage', 'test-index', 'fallback'];

/** Sees to it that everything in a release that failed, was refused, or has ended says its three lines. */
export function expectToldInThreeLines(ledger: Ledger): void {
  for (const { id, subject } of ledger.gates.filter((gate) => afterFailures.includes(gate.id))) {
    const lines = subject.filter(({ label }) => ['true now', 'not done', 'next'].includes(label));
    expect({ id, lines: lines.map(({ label }) => label) }).toEqual({
      id,
      lines: ['true now', 'not done', 'next'],
    });
    for (const { value } of lines) expect(value).toMatch(/\S/);
  }
  if (ledger.refusal !== undefined) expectPasteable(ledger.refusal, ledger.request);
  if (ledger.outcome !== undefined) expectPasteable(ledger.outcome.told, ledger.request);
}
