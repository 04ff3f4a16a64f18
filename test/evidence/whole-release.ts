import type { Ledger } from '../../src/contract/state.js';
import { evidenceFiles } from '../../src/evidence/files.js';
import { at, exampleGate, exampleLedger, told, withStep } from '../contract/example-release.js';

export const after = (seconds: number) => new Date(Date.parse(at) + seconds * 1000).toISOString();
export const sha = (digit: string) => digit.repeat(40);
export const digest = (digit: string) => digit.repeat(64);

export const files = [
  {
    filename: 'llm_app_test-0.2.0-py3-none-any.whl',
    sha256: digest('1'),
    size: 1200,
    kind: 'wheel' as const,
  },
  { filename: 'llm_app_test-0.2.0.tar.gz', sha256: digest('2'), size: 3400, kind: 'sdist' as const },
];

const config = {
  ...{ digest: 'd', suites: [], modes: [], applications: [], minimumCoverage: 100, tag: 'v0.2.0' },
};

export const candidate = {
  ...{ base: sha('a'), startedAt: at, judgedAt: after(60), passed: false, config, configChanges: [] },
  coverage: [{ what: '100 % of 12 lines' }],
  findings: [{ title: 'test_it failed', detail: 'E  printed-by-a-tool', log: digest('e') }],
};

const final = {
  commit: sha('f'),
  manifest: {
    ...{ package: 'llm-app-test', version: '0.2.0', commit: sha('f'), files, toolchain: digest('3') },
  },
  onBase: true,
  tagged: true,
  visibleAt: after(300),
};

export const decision = {
  ...{ message: 'm1', kind: 'approve' as const, by: 'grace', at: after(30), channel: 'update' as const },
  reason: 'read it',
};

export const summary = {
  package: 'llm-app-test',
  version: '0.2.0',
  summary: 'llm-app-test 0.2.0 is released.',
  told,
};

/** A release that has ended, with everything in it that evidence tells. */
export function whole(changes: Partial<Ledger> = {}): Ledger {
  const ledger = exampleLedger({
    phase: 'closed',
    outcome: { outcome: 'released', ...summary },
    gates: [exampleGate({ decisions: [decision], answer: 'approve', closedAt: after(30) })],
    candidates: [candidate],
    final,
    merges: [{ commit: sha('b'), previous: sha('c'), head: sha('d') }],
    messages: [
      {
        ...{ id: 'm0', kind: 'approve', by: 'ada', at: after(20), channel: 'signal', counted: false },
        ...{ why: 'ada started the release', gate: 'branch', digest: digest('a') },
      },
    ],
    watch: { from: after(310), until: after(310 + 43_200) },
    ...changes,
  });
  return withStep(ledger, '06-run-tests', {
    ...{ state: 'passed', startedAt: after(100), endedAt: after(140) },
    evidence: [
      {
        what: 'mode openai: 24 tests passed, 1 skipped',
        facts: [{ kind: 'tests', of: 'mode', name: 'openai', passedTests: 24, skippedTests: 1 }],
      },
      { what: 'served', facts: [{ kind: 'served', index: 'test', version: '0.2.0.dev0', files: [] }] },
    ],
  });
}

export const textsOf = (ledger: Ledger, secrets: readonly string[] = []) =>
  new Map(evidenceFiles(ledger, after(9999), secrets).map(({ kind, text }) => [kind, text]));
