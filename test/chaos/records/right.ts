import { digestOf } from '../../../src/contract/digest.js';
import type { Gate, GateId } from '../../../src/contract/gates.js';
import type { MessageRecord } from '../../../src/contract/messages.js';
import type { Manifest, Sha } from '../../../src/contract/release.js';
import type { Ledger } from '../../../src/contract/state.js';
import { exampleLedger, told } from '../../contract/example-release.js';
import type { Effect, FileEffect, Observation, SentMessage } from '../observation.js';

/** A moment of the record, in minutes. */
export const minute = (minutes: number) => new Date(Date.UTC(2026, 2, 1, 12, minutes)).toISOString();

/** A commit of the record. */
export const sha = (digit: string): Sha => digit.repeat(40);

const release = {
  package: 'llm-app-test',
  version: '0.2.0',
  base: 'main',
  branch: 'release/0.2.0',
  tag: 'v0.2.0',
};

/** The files of a version in the record. */
export const filesOf = (version: string) => [
  { filename: `llm_app_test-${version}-py3-none-any.whl`, sha256: 'a'.repeat(64) },
  { filename: `llm_app_test-${version}.tar.gz`, sha256: 'b'.repeat(64) },
];

/** That a file's state changed on an index. */
export function fileEffect(
  kind: FileEffect['kind'],
  index: FileEffect['index'],
  version: string,
  at: number,
): Effect[] {
  return filesOf(version).map((file) => ({ kind, index, version, ...file, at: minute(at) }));
}

const effects: readonly Effect[] = [
  { kind: 'lease', lease: 'llm-app-test', change: 'taken', writer: 'release/1', at: minute(0) },
  {
    kind: 'ref',
    ref: 'refs/heads/release/0.2.0',
    from: sha('1'),
    to: sha('2'),
    fastForward: true,
    key: 'version 0.2.0.dev0',
    at: minute(2),
  },
  ...fileEffect('stored', 'test', '0.2.0.dev0', 3),
  {
    kind: 'ref',
    ref: 'refs/heads/main',
    from: sha('0'),
    to: sha('3'),
    fastForward: true,
    key: 'merge',
    at: minute(5),
  },
  ...fileEffect('stored', 'production', '0.2.0', 7),
  {
    kind: 'ref',
    ref: 'refs/heads/main',
    from: sha('3'),
    to: sha('4'),
    fastForward: true,
    key: 'version 0.2.0',
    at: minute(8),
  },
  { kind: 'ref', ref: 'refs/tags/v0.2.0', to: sha('4'), fastForward: true, at: minute(8) },
  { kind: 'ref', ref: 'refs/heads/release/0.2.0', from: sha('2'), fastForward: true, at: minute(10) },
  { kind: 'lease', lease: 'llm-app-test', change: 'given back', writer: 'release/1', at: minute(11) },
];

/** An approval by grace, as she sent it and as the release recorded it. */
function approval(
  id: GateId,
  at: number,
  value: string,
): { gate: Gate; sent: SentMessage; record: MessageRecord } {
  const subject = [{ label: 'what', value }];
  const digest = digestOf({ gate: id, release: 'release/llm-app-test/0.2.0', subject });
  const said = { id: `message-${id}`, kind: 'approve' as const, by: 'grace', gate: id, digest };
  const decision = {
    message: said.id,
    kind: said.kind,
    by: said.by,
    at: minute(at),
    channel: 'update' as const,
  };
  return {
    gate: {
      ...{ id, digest, subject, consequence: 'It goes on.', answers: ['approve', 'reject'], quorum: 1 },
      ...{ openedAt: minute(at - 1), closedAt: minute(at), decisions: [decision], answer: 'approve' },
    },
    sent: { ...said, sentAt: minute(at), answer: { counted: true, at: minute(at) } },
    record: { ...said, at: minute(at), channel: 'update', counted: true, why: 'approval 1 of 1' },
  };
}

/** The record of a release that went right, with everything in it. */
export type RightRecord = Observation & { effects: Effect[]; messages: SentMessage[]; ledger: Ledger };

/** A release that went right, by everybody's records: changes make it a wrong one. */
export function rightRecord(): RightRecord {
  const approvals = [
    approval('merge', 4, sha('2')),
    approval(
      'production',
      6,
      filesOf('0.2.0')
        .map(({ sha256 }) => sha256)
        .join(' '),
    ),
  ];
  const manifest: Manifest = {
    ...{ package: release.package, version: release.version, commit: sha('4'), toolchain: 't'.repeat(64) },
    files: filesOf('0.2.0').map((file) => ({ ...file, size: 1, kind: 'wheel' as const })),
  };
  const listedFiles = (version: string) =>
    filesOf(version).map((file) => ({ version, ...file, yanked: false }));
  return {
    release,
    seed: 7,
    reproduce: 'SLIPWAY_SEED=7 npx vitest run test/chaos/simulation',
    effects: [...effects],
    rest: {
      test: listedFiles('0.2.0.dev0'),
      production: listedFiles('0.2.0'),
      refs: { 'refs/heads/main': sha('4'), 'refs/tags/v0.2.0': sha('4') },
    },
    messages: approvals.map(({ sent }) => sent),
    foreign: [{ ref: 'refs/heads/main', commit: sha('0'), kept: true }],
    scheduled: ['ensureDevVersion', 'ensurePublished', 'ensureMerged', 'ensureBranchRetired'].map(
      (activity) => ({ activity, at: minute(1) }),
    ),
    ledger: exampleLedger({
      phase: 'closed',
      gates: approvals.map(({ gate }) => gate),
      messages: approvals.map(({ record }) => record),
      merges: [{ commit: sha('3'), previous: sha('0'), head: sha('2') }],
      final: { commit: sha('4'), manifest, onBase: true, tagged: true, visibleAt: minute(7) },
      outcome: { outcome: 'released', package: release.package, version: release.version, summary: '', told },
    }),
    least: 9,
  };
}
