import { describe, expect, test } from 'vitest';

import { evidenceOf } from '../../src/evidence/evidence.js';
import { evidenceFiles } from '../../src/evidence/files.js';
import { evidenceId } from '../../src/evidence/schema.js';
import { secretsIn } from '../../src/evidence/secrets.js';
import { at, exampleGate } from '../contract/example-release.js';
import { problemsOf } from './published-schema.js';
import { after, candidate, decision, digest, files, summary, textsOf, whole } from './whole-release.js';

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

test('of a main that needed no revert it says where that stands, and no commit that did it', () => {
  const yank = { reason: 'data loss', by: 'grace', askedAt: at, provenAt: after(4.2) };
  const unchanged = 'c'.repeat(40);
  const ledger = whole({ yank, rollback: { unchanged }, outcome: { outcome: 'yanked', ...summary } });
  const shown = evidenceOf(ledger, at);
  expect(shown.rollback).toEqual({ unchanged });
  expect(shown.yanks[0]?.rolledBack).toBeUndefined();
  const { evidence = '', report = '' } = Object.fromEntries(textsOf(ledger));
  expect(problemsOf(evidence)).toEqual([]);
  expect(report).toMatch(/>main<\/dt><dd>stays at cccccccccccc without a revert/);
  expect(report).not.toContain('rolled back by');
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
