import { canonicalJson } from './digest.js';
import type { Decision, GateId } from './gates.js';
import type { Message, MessageKind } from './messages.js';
import type { Ledger } from './state.js';

/** The gates that take an approval, and at which one can be asked to be signed. */
export const signableGates = [
  'branch',
  'coverage',
  'test-index',
  'merge',
  'window',
  'production',
  'put-main-back',
  'un-yank',
  'amend',
] as const satisfies readonly GateId[];

/** What an SSH signature is made for: one for git, for a file or for another service is none here. */
export const signatureNamespace = 'slipway';

/** What is known of the people's keys, frozen in a release's terms. */
export interface Signing {
  /** The gates at which an approval counts only if it is signed. */
  readonly demanded: readonly GateId[];
  /** The approvers' keys, as the lines of an allowed_signers file of which each names one of them. */
  readonly signers: readonly string[];
}

/** An answer with its signature, as it is verified. */
export interface SignedAnswer {
  readonly by: string;
  /** What was signed, byte for byte. */
  readonly statement: string;
  /** Armoured, as `ssh-keygen -Y sign` writes it. */
  readonly signature: string;
  readonly signers: readonly string[];
}

/** Whether a signature is that of whom it claims, with the fingerprint of the key or the reason why not. */
export type SignatureCheck =
  { readonly proven: true; readonly key: string } | { readonly proven: false; readonly why: string };

/** What the workflow zone does itself, within a moment and without secrets: local activities of the procedure. */
export interface LocalActivities {
  /** Asks `ssh-keygen` whether a signature is that of whom it claims, by the keys that the release has frozen. */
  checkSignature(input: SignedAnswer): Promise<SignatureCheck>;
}

/** An answer that can be signed: its id is the nonce. */
export type Signable = Pick<Message, 'by' | 'gate' | 'digest' | 'reason' | 'retyped' | 'expires'> & {
  readonly id: string;
};

/** The answers that can be signed. */
export function isSigned(kind: MessageKind): kind is 'approve' | 'reject' {
  return kind === 'approve' || kind === 'reject';
}

/** What a signature of an answer covers: all that the answer says, in this run of the release and in no other. */
export function statementOf(
  { id, startedAt }: Pick<Ledger, 'id' | 'startedAt'>,
  answer: MessageKind,
  { id: nonce, by, gate, digest, reason, retyped, expires }: Signable,
): string {
  const release = `${id} started ${startedAt}`;
  return `${canonicalJson({ release, gate, digest, answer, reason, retyped, expires, nonce, by })}\n`;
}

/** Whether an approval of a gate counts only if it is signed. */
export function demandsSignature({ terms }: Pick<Ledger, 'terms'>, gate: GateId): boolean {
  return terms?.signatures?.demanded.includes(gate) === true;
}

/** What anybody can verify an answer that counted with, by `ssh-keygen -Y verify`; undefined for one that was not signed. */
export function signatureProof(
  ledger: Ledger,
  { message, kind, by, key }: Decision,
):
  | {
      readonly key: string;
      readonly statement: string;
      readonly signature: string;
      readonly signers: readonly string[];
    }
  | undefined {
  const said = ledger.messages.find(({ id }) => id === message);
  if (key === undefined || said?.signature === undefined) return undefined;
  const signers = ledger.terms?.signatures?.signers.filter((line) => signerOf(line) === by) ?? [];
  return { key, statement: statementOf(ledger, kind, said), signature: said.signature, signers };
}

/** The name at the beginning of a line of an allowed_signers file. */
export function signerOf(line: string): string {
  return line.split(' ', 1)[0] ?? '';
}
