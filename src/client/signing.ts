import { randomUUID } from 'node:crypto';

import type { GateId } from '../contract/gates.js';
import type { Message, MessageKind } from '../contract/messages.js';
import { demandsSignature, signerOf, statementOf, type Signable } from '../contract/signing.js';
import { openGates, type Ledger } from '../contract/state.js';
import { ClientFailure, exitCodes } from './failures.js';
import { keyOfGit, signatureOf } from './ssh.js';

/** An answer to a gate, before it is signed. */
export type BoundMessage = Message & { readonly gate: string; readonly digest: string };

/** How long a signed answer counts, in seconds, unless the person says otherwise. */
const validSeconds = 3600;

/** What a person says with `--key` who wants to sign nothing. */
const noKey = 'none';

/** An answer as it is signed: with a nonce, an end, and the whole digest of what it answers. */
export function toSign(
  ledger: Ledger,
  answer: BoundMessage,
): BoundMessage & Signable & { readonly expires: string } {
  const asked = openGates(ledger).find(
    ({ id, digest }) => id === answer.gate && digest.startsWith(answer.digest),
  );
  return {
    ...answer,
    id: answer.id ?? randomUUID(),
    digest: asked?.digest ?? answer.digest,
    expires: answer.expires ?? new Date(Date.now() + validSeconds * 1000).toISOString(),
  };
}

/** The answer with its signature by a key: a file, or a public key that the agent holds. */
export async function signed(
  ledger: Ledger,
  kind: MessageKind,
  answer: BoundMessage,
  key: string,
): Promise<Message> {
  const whole = toSign(ledger, answer);
  return { ...whole, signature: await signatureOf(statementOf(ledger, kind, whole), key) };
}

/** The answer as it is sent: signed with the key that was named or that git has, or unsigned where that counts as well. */
export async function signedWhereItCan(
  ledger: Ledger,
  kind: 'approve' | 'reject',
  answer: BoundMessage,
  named: string | undefined,
): Promise<Message> {
  const isNeeded = kind === 'approve' && demandsSignature(ledger, answer.gate as GateId);
  const key = await keyFor(ledger, answer.by, named);
  if (key === undefined && isNeeded) throw unsigned(ledger, answer);
  if (key === undefined) return answer;
  try {
    return await signed(ledger, kind, answer, key);
  } catch (error) {
    // A reject only stops: what keeps it from being signed does not keep it back.
    if (!(error instanceof ClientFailure)) throw error;
    if (kind === 'approve') throw error;
    process.stderr.write(`The reject is sent unsigned: ${error.trouble.now}\n`);
    return answer;
  }
}

/** A key that the release does not know would only be refused, so git's is taken where it knows one of this person. */
async function keyFor(ledger: Ledger, by: string, named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) return named === noKey ? undefined : named;
  return signers(ledger).includes(by) ? keyOfGit() : undefined;
}

function signers({ terms }: Ledger): string[] {
  return [...new Set(terms?.signatures?.signers.map(signerOf))];
}

function unsigned(ledger: Ledger, { gate, by }: BoundMessage): ClientFailure {
  const known = signers(ledger);
  const remedy = known.includes(by)
    ? 'Name your key with `--key ~/.ssh/id_ed25519` (or SLIPWAY_KEY; a .pub file has the agent asked), or have git sign with it: `git config --global gpg.format ssh` and user.signingkey.'
    : `This release knows no key of ${by}, only of ${known.join(' and ')}: say who you are with \`--as\`.`;
  return new ClientFailure(
    {
      now: `The gate ${gate} takes only approvals that are signed with the approver's SSH key.`,
      not: 'Nothing was sent.',
      next: remedy,
    },
    exitCodes.refused,
  );
}
