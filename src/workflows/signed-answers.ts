import { CancellationScope, TemporalFailure } from '@temporalio/workflow';

import type { Gate } from '../contract/gates.js';
import { malformed, type Message, type MessageKind } from '../contract/messages.js';
import {
  demandsSignature,
  isSigned,
  statementOf,
  type SignatureCheck,
  type SignedAnswer,
} from '../contract/signing.js';
import type { Ledger } from '../contract/state.js';
import { onTheSpot } from './activities.js';

/** An answer whose signature has to be verified before it can be judged; undefined where it is refused, or repeated, anyway. */
export function signedAnswer(ledger: Ledger, kind: MessageKind, input: unknown): SignedAnswer | undefined {
  const message = isSigned(kind) && malformed(kind, input) === undefined ? (input as Message) : undefined;
  if (!hasSignature(message) || isRefused(ledger, message)) return undefined;
  const { by, signature } = message;
  const signers = ledger.terms?.signatures?.signers ?? [];
  return { by, statement: statementOf(ledger, kind, message), signature, signers };
}

type Signed = Message & Required<Pick<Message, 'id' | 'signature' | 'expires'>>;

function hasSignature(message: Message | undefined): message is Signed {
  return ![message?.id, message?.signature, message?.expires].includes(undefined);
}

/** Whoever is no approver, and whatever was heard already, is answered without it. */
function isRefused({ terms, messages }: Ledger, { id, by, signature }: Signed): boolean {
  const wasHeard = messages.some((earlier) => earlier.id === id || earlier.signature === signature);
  return wasHeard || terms?.approvers.includes(by) !== true;
}

/** How many signatures wait to be verified: whoever sends a flood of them must not keep the others waiting. */
const mostWaiting = 4;

/**
 * What verifies the signatures of one release: one after the other, since a run that is replayed hears of all that were
 * verified in a workflow task at once, and would judge them in another order than it did.
 */
export class Verifier {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Verifies a signature, whatever becomes of the run meanwhile; that it cannot be verified proves nothing. */
  async prove(answer: SignedAnswer): Promise<SignatureCheck> {
    if (this.#waiting >= mostWaiting) return unproven('too many signed answers came at once');
    this.#waiting += 1;
    const check = this.#last.then(() => verify(answer));
    this.#last = check.catch(() => undefined);
    try {
      return await check;
    } finally {
      this.#waiting -= 1;
    }
  }
}

async function verify(answer: SignedAnswer): Promise<SignatureCheck> {
  try {
    return await CancellationScope.nonCancellable(() => onTheSpot.checkSignature(answer));
  } catch (error) {
    // A failure that left a handler would end the release, such as the end of a worker that cut this off.
    if (!(error instanceof TemporalFailure)) throw error;
    return unproven(`the signature could not be verified (${error.cause?.message ?? error.message})`);
  }
}

function unproven(cause: string): SignatureCheck {
  return { proven: false, why: `${cause}: answer again` };
}

/** Why an answer does not count for how it is signed, or is not. */
export function refuseSignature(
  ledger: Ledger,
  gate: Gate,
  kind: 'approve' | 'reject',
  message: Message & { readonly id: string },
  proof: SignatureCheck | undefined,
): string | undefined {
  const { signature, expires, digest } = message;
  if (signature === undefined)
    // A reject only stops, as a yank does.
    return kind === 'approve' && demandsSignature(ledger, gate.id)
      ? `the gate ${gate.id} takes only approvals that are signed with the approver's SSH key: answer with \`slipway approve\``
      : undefined;
  if (expires === undefined) return 'a signed answer says with "expires" until when it counts';
  if (digest !== gate.digest) return 'a signed answer names the whole digest, not its beginning';
  const earlier = ledger.messages.find((record) => record.signature === signature);
  if (earlier !== undefined) return `replayed: this signature came with the message ${earlier.id} already`;
  if (proof === undefined) return 'a signed answer needs an "id" of its own, which the signature covers';
  return proof.proven ? undefined : proof.why;
}
