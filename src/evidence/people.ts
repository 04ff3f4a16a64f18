import type { Decision, Gate } from '../contract/gates.js';
import type { MessageChannel, MessageRecord } from '../contract/messages.js';
import { signatureProof } from '../contract/signing.js';
import type { Amendment, Ledger } from '../contract/state.js';
import type { ReleaseEvidence } from './schema.js';
import { secondsBetween, utc } from './times.js';

type Sayer = Pick<
  ReleaseEvidence['messages'][number],
  'by' | 'at' | 'channel' | 'known' | 'signature' | 'reason'
>;

type Decided = ReleaseEvidence['questions'][number]['decisions'][number];

/** What the ledger keeps of somebody's word. */
interface Said {
  readonly by: string;
  readonly at: string;
  readonly channel: MessageChannel;
  readonly reason?: string;
}

/** Who says something, and how far it is known that it is them. */
export function sayer({ by, at, channel, reason }: Said, proof?: ReturnType<typeof signatureProof>): Sayer {
  return {
    ...{ by, at: utc(at), channel, reason },
    known: proof === undefined ? (channel === 'review' ? 'review' : 'claim') : 'signed',
    signature: proof === undefined ? undefined : { ...proof, signers: [...proof.signers] },
  };
}

/** An answer that counted. */
function decisionEvidence(ledger: Ledger, decision: Decision): Decided {
  const { message, kind, own } = decision;
  return { ...sayer(decision, signatureProof(ledger, decision)), message, kind, own };
}

/** A message that counted or did not. */
export function messageEvidence(ledger: Ledger, record: MessageRecord): ReleaseEvidence['messages'][number] {
  const { id, kind, counted, why, gate, digest, link, command, until, approvers, quorum } = record;
  const decision = ledger.gates.flatMap(({ decisions }) => decisions).find(({ message }) => message === id);
  return {
    ...sayer(record, decision && signatureProof(ledger, decision)),
    ...{ id, kind, counted, why, gate, digest, link, command },
    until: utc(until),
    approvers: approvers && [...approvers],
    quorumPeople: quorum,
  };
}

/** A question with its answers; of one that is open the time of waiting is that until the moment. */
export function questionOf(ledger: Ledger, gate: Gate, asOf: string): ReleaseEvidence['questions'][number] {
  const {
    id,
    digest,
    consequence,
    subject,
    quorum,
    openedAt,
    closedAt,
    answer,
    decisions,
    holds = [],
  } = gate;
  return {
    ...{ gate: id, digest, consequence, answer },
    subject: subject.map(({ label, value }) => ({ label, value })),
    quorumPeople: quorum,
    openedAt: utc(openedAt),
    closedAt: utc(closedAt),
    waitedSeconds: secondsBetween(openedAt, closedAt ?? asOf),
    expiresAt: utc(gate.expiresAt),
    fell: gate.fell && { at: utc(gate.fell.at), why: gate.fell.why },
    holds: holds.map((hold) => ({
      ...sayer(hold),
      message: hold.message,
      until: utc(hold.until),
      endedAt: utc(hold.endedAt),
    })),
    decisions: decisions.map((decision) => decisionEvidence(ledger, decision)),
  };
}

/** Other approvers or another quorum, as they were asked for. */
export function amendmentOf(amendment: Amendment): ReleaseEvidence['amendments'][number] {
  const { by, reason, askedAt, approvers, quorum, before, approvedBy, rejectedBy } = amendment;
  return {
    ...{ by, reason, rejectedBy, askedAt: utc(askedAt) },
    ...{ approvers: [...approvers], quorumPeople: quorum },
    before: { approvers: [...before.approvers], quorumPeople: before.quorum, agreedDigest: before.agreed },
    approvedBy: approvedBy && [...approvedBy],
  };
}
