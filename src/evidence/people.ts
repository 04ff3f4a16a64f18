import type { Decision } from '../contract/gates.js';
import type { MessageChannel, MessageRecord } from '../contract/messages.js';
import { signatureProof } from '../contract/signing.js';
import type { Ledger } from '../contract/state.js';
import type { ReleaseEvidence } from './schema.js';
import { utc } from './times.js';

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
export function decisionEvidence(ledger: Ledger, decision: Decision): Decided {
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
