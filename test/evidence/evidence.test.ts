import { describe, expect, test } from 'vitest';

import type { Ledger } from '../../src/contract/state.js';
import { evidenceOf } from '../../src/evidence/evidence.js';
import { evidenceFiles } from '../../src/evidence/files.js';
import { evidenceId } from '../../src/evidence/schema.js';
import { secretsIn } from '../../src/evidence/secrets.js';
import { at, exampleGate, exampleLedger, hostileTexts, told, withStep } from '../contract/example-release.js';
import { problemsOf } from './published-schema.js';

const after = (seconds: number) => new Date(Date.parse(at) + seconds * 1000).toISOString();
const sha = (digit: string) => digit.repeat(40);
const digest = (digit: string) => digit.repeat(64);

const files = [
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

const candidate = {
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

const decision = {
  ...{ message: 'm1', kind: 'approve' as const, by: 'grace', at: after(30), channel: 'update' as const },
  reason: 'read it',
};

const summary = {
  package: 'llm-app-test',
  version: '0.2.0',
  summary: 'llm-app-test 0.2.0 is released.',
  told,
};

/** A release that has ended, with everything in it that evidence tells. */
function whole(changes: Partial<Ledger> = {}): Ledger {
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

const textsOf = (ledger: Ledger, secrets: readonly string[] = []) =>
  new Map(evidenceFiles(ledger, after(9999), secrets).map(({ kind, text }) => [kind, text]));

test('evidence is what the published schema describes', () => {
  expect(problemsOf(textsOf(whole()).get('evidence') ?? '')).toEqual([]);
  expect(problemsOf('{"schema":"urn:slipway:evidence:1"}')).not.toEqual([]);
});

test('evidence says who answered what and how far it is known who they are', () => {
  const review = { ...decision, by: 'linus', channel: 'review' as const };
  const signed = { ...decision, by: 'ada', message: 'm2', key: 'SHA256:abc' };
  const said = { ...signed, id: 'm2', counted: true, why: 'approval 3 of 3', signature: 'SSH SIGNATURE' };
  const gate = exampleGate({ decisions: [decision, review, signed], answer: 'approve', closedAt: after(30) });
  const shown = evidenceOf(whole({ gates: [gate], messages: [...whole().messages, said] }), at);
  expect(shown.questions[0]).toMatchObject({
    ...{ gate: 'branch', digest: gate.digest, answer: 'approve', waitedSeconds: 30 },
    decisions: [
      { by: 'grace', known: 'claim', reason: 'read it' },
      { by: 'linus', known: 'review' },
      { by: 'ada', known: 'signed', signature: { key: 'SHA256:abc', signature: said.signature } },
    ],
  });
  expect(shown.messages).toMatchObject([
    { by: 'ada', counted: false, why: 'ada started the release', known: 'claim' },
    { by: 'ada', counted: true, known: 'signed' },
  ]);
});

test('evidence has the numbers of tests and read-backs, and nothing that a tool printed', () => {
  const shown = evidenceOf(whole(), at);
  expect(shown.tests).toEqual([
    { step: '06-run-tests', of: 'mode', name: 'openai', passedTests: 24, skippedTests: 1 },
  ]);
  expect(shown.readBacks).toEqual([
    { step: '06-run-tests', index: 'test', version: '0.2.0.dev0', files: [] },
  ]);
  expect(shown.candidates[0]?.findings).toEqual([{ text: 'test_it failed', keptAs: digest('e') }]);
  expect([...textsOf(whole()).values()].join('\n')).not.toContain('printed-by-a-tool');
});

test('of a release that has ended the files are the same whenever they are written', () => {
  const [once, again] = [evidenceFiles(whole(), after(500), []), evidenceFiles(whole(), after(90_000), [])];
  expect(once).toEqual(again);
});

test('of a release that runs they say so, and what still ends', () => {
  const { outcome: _, ...running } = whole({ phase: 'uploading' });
  const shown = evidenceOf(running, after(1000));
  expect(shown).toMatchObject({ state: 'running', asOf: after(1000) });
  expect(shown.outcome).toBeUndefined();
  expect(shown.deadlines).toContainEqual({ text: 'the watch', at: after(43_510) });
  const report = textsOf(running).get('report') ?? '';
  expect(report).toContain('not finished');
  expect(problemsOf(textsOf(running).get('evidence') ?? '')).toEqual([]);
});

test('a yanked release names reason, people, driver, seconds, and what users get instead', () => {
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
  const ledger = whole({ yank, formerYanks: [former], outcome: { outcome: 'un-yanked', ...summary } });
  expect(evidenceOf(ledger, at)).toMatchObject({
    outcome: 'un-yanked',
    yanks: [
      { reason: 'first', provenAfterSeconds: 90 },
      {
        ...{ reason: 'data loss', driver: 'web', provenAfterSeconds: 4.2, fallbackVersions: ['0.1.0'] },
        unYanks: [{ approvedBy: ['ada', 'linus'], provenAfterSeconds: 120 }],
      },
    ],
  });
  expect(problemsOf(textsOf(ledger).get('evidence') ?? '')).toEqual([]);
});

describe('the statement', () => {
  test('is about the released files and says the same as the evidence', () => {
    const texts = textsOf(whole());
    expect(JSON.parse(texts.get('statement') ?? '')).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: files.map(({ filename, sha256 }) => ({ name: filename, digest: { sha256 } })),
      predicateType: evidenceId,
      predicate: JSON.parse(texts.get('evidence') ?? '') as unknown,
    });
  });

  test('is not there where no file was released', () => {
    const { final: _, ...unreleased } = whole();
    expect([...textsOf(unreleased).keys()]).toEqual(['evidence', 'report']);
  });
});

describe('no secret is in any of the files', () => {
  test('whether the environment holds it or it tells by its look, even in what a person wrote', () => {
    const planted = {
      INTERNAL_TOKEN: 'correct"horse\\battery',
      OPENAI_API_KEY: 'planted-value-of-a-key',
      EDITOR: 'an-ordinary-value',
    };
    const looks = [
      ['pypi', 'AgEIcHlwaS5vcmcCJDAwMDAwMDAw'].join('-'),
      ['ghp', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_'),
      ['sk', 'ant-api03-abcdefghijklmnop'].join('-'),
    ];
    const reason = `see ${Object.values(planted).join(' and ')} and ${looks.join(' and ')} or https://ada:hunter22@example.org/x`;
    const ledger = whole({
      gates: [exampleGate({ decisions: [{ ...decision, reason }], closedAt: at, answer: 'approve' })],
      candidates: [{ ...candidate, fix: reason, findings: [{ title: reason }] }],
      reports: [{ message: 'm2', by: 'a-user', at, reason, answered: true }],
      yank: { reason, by: 'grace', askedAt: at },
    });
    const texts = textsOf(ledger, secretsIn(planted));
    expect([...texts.keys()]).toEqual(['evidence', 'report', 'statement']);
    for (const text of texts.values()) {
      for (const secret of [planted.OPENAI_API_KEY, 'horse', 'hunter22', ...looks])
        expect(text).not.toContain(secret);
      expect(text).toContain('an-ordinary-value');
    }
    expect(problemsOf(texts.get('evidence') ?? '')).toEqual([]);
  });
});

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
});
