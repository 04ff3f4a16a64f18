import type { Gate, Hold } from '../../src/contract/gates.js';
import type { ReleaseRequest, Terms } from '../../src/contract/release.js';
import { newLedger, type Candidate, type Ledger, type StepRecord } from '../../src/contract/state.js';
import type { StepId } from '../../src/contract/steps.js';

/** When everything in the example happens, unless a test says otherwise. */
export const at = '2026-03-01T12:00:00.000Z';

const address = (name: string) => ({
  name,
  upload: `https://${name}/legacy/`,
  simple: `https://${name}/simple/`,
});

const terms: Terms = {
  repository: '/srv/example.git',
  base: 'main',
  branch: 'release/0.2.0',
  approvers: ['ada', 'grace', 'linus'],
  quorum: 1,
  selfApproval: false,
  watchSeconds: 43_200,
  probes: [],
  escalateSeconds: 600,
  expiries: [],
  test: address('test'),
  production: address('production'),
  main: address('main'),
  reviews: false,
  yankDrivers: ['person'],
  lateFilesSeconds: 900,
  afterYank: 'ask',
  finalVersion: 'after-merge',
  historyEvents: 2000,
};

/** What an example's end says. */
export const told = { now: 'It is there.', not: 'Nothing is left to do.', next: 'Look at it.' };

const request: ReleaseRequest = {
  package: 'llm-app-test',
  version: '0.2.0',
  by: 'ada',
  wait: false,
  acceptUnisolated: false,
};

/** An admitted release that ada started; grace and linus are the other approvers. */
export function exampleLedger(changes: Partial<Ledger> = {}, changedTerms: Partial<Terms> = {}): Ledger {
  const ledger = newLedger('release/llm-app-test/0.2.0', request, at);
  return { ...ledger, terms: { ...terms, ...changedTerms }, ...changes };
}

/** An open gate. */
export function exampleGate(changes: Partial<Gate> = {}): Gate {
  return {
    id: 'branch',
    digest: 'abcdef0123456789'.repeat(4),
    consequence: 'Releases llm-app-test 0.2.0 from exactly this commit of release/0.2.0.',
    subject: [{ label: 'commit', value: 'c'.repeat(40) }],
    answers: ['approve', 'reject', 'fix'],
    quorum: 1,
    openedAt: at,
    decisions: [],
    ...changes,
  };
}

/** A hold of linus. */
/** A candidate that has no version yet. */
export function exampleCandidate(changes: Partial<Candidate>): Candidate {
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

export function exampleHold(): Hold {
  const said = { message: '1', by: 'linus', at, channel: 'update' as const };
  return { ...said, reason: 'the docs', until: '2026-03-01T18:00:00.000Z' };
}

/** The ledger with one of its steps changed. */
export function withStep(ledger: Ledger, id: StepId, changes: Partial<StepRecord>): Ledger {
  return {
    ...ledger,
    steps: ledger.steps.map((step) => (step.id === id ? { ...step, ...changes } : step)),
  };
}

/**
 * Texts as somebody hostile would send them: to a terminal (ANSI, OSC, CSI in one character, a carriage return), to a
 * page (HTML, Markdown, tables) and to the reader (what is not seen, what turns the direction of reading).
 */
export const hostileTexts = [
  '\u001b[2J\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\',
  '\u009b31mred',
  'fine\rdone\u0008\u0008\u0008',
  'line one\nline two\r\n\r\n# heading',
  'a\u2028b\u2029c',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '[yank here](https://evil.example) ![](https://evil.example/pixel)',
  '**bold** _it_ ~~gone~~ `code` # no heading',
  'cell | cell || cell \\| cell \\',
  '- item',
  '1. item',
  '--- ',
  '```\nfence\n```',
  '&lt;b&gt; &#124;',
  'user\u202egnp.exe\u202c and ad\u200ba\ufeff',
  '\ud800 lone',
];
