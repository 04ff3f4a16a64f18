import { pendingAmendment } from '../contract/amending.js';
import type { Message, MessageOutcome } from '../contract/messages.js';
import type { Terms } from '../contract/release.js';
import { signerOf } from '../contract/signing.js';
import { mayApprove, type Amendment, type Ledger } from '../contract/state.js';
import { no, yes } from './outcomes.js';

/** How many different approvers have to agree that others approve from then on. */
export const amendQuorum = 2;

/** Takes up that somebody wants other approvers or another quorum, which two approvers are then asked about. */
export function askAmend(ledger: Ledger, message: Message, at: string): MessageOutcome {
  const { terms } = ledger;
  if (terms === undefined) return no('the release is not admitted yet: its terms are being read');
  const { approvers = terms.approvers, quorum = terms.quorum, by, reason = 'no reason given' } = message;
  const before = pick(ledger, terms);
  const refusal =
    whyNotNow(ledger, terms) ??
    whyNotThem(terms, approvers) ??
    whyNotSo(ledger, before, { approvers, quorum });
  if (refusal !== undefined) return no(refusal);
  const amendment: Amendment = { by, reason, askedAt: at, approvers, quorum, before };
  ledger.amendments = [...(ledger.amendments ?? []), amendment];
  return yes('two approvers are asked whether others approve from now on');
}

function pick({ agreed }: Ledger, { approvers, quorum }: Terms): Amendment['before'] {
  return { approvers, quorum, ...(agreed === undefined ? {} : { agreed }) };
}

function whyNotNow(ledger: Ledger, { approvers }: Terms): string | undefined {
  if (ledger.stop !== undefined)
    return `${ledger.stop.by} asked for ${ledger.stop.kind} already: nobody has to approve this release any more`;
  if (ledger.steps[0]?.state === 'waiting')
    return 'the release has not begun: mend the settings, and start it again';
  const pending = pendingAmendment(ledger);
  if (pending !== undefined) return `${pending.by} asked for amend already: approve or reject that first`;
  return approvers.length < amendQuorum
    ? `it takes two approvers, and the terms name only ${approvers.join()}`
    : undefined;
}

/** Who could not sign what has to be signed would be an approver in name alone. */
function whyNotThem({ signatures }: Terms, approvers: readonly string[]): string | undefined {
  if (signatures === undefined || signatures.demanded.length === 0) return undefined;
  const signers = signatures.signers.map(signerOf);
  const without = approvers.filter((person) => !signers.includes(person));
  return without.length === 0
    ? undefined
    : `approvals of ${signatures.demanded.join(', ')} have to be signed, and this release knows no key of ${without.join(' and ')}: abort it, add the key to slipway.toml, and start it again`;
}

type Wanted = Pick<Terms, 'approvers' | 'quorum'>;

function whyNotSo(ledger: Ledger, before: Wanted, { approvers, quorum }: Wanted): string | undefined {
  if (approvers.some((name) => name.trim() === '' || name !== name.trim()))
    return 'a name of an approver is empty, or begins or ends with a blank';
  if (new Set(approvers).size < approvers.length) return 'an approver is named twice';
  if (!Number.isInteger(quorum) || quorum < 1)
    return `a quorum of ${String(quorum)} is no whole number from 1 on`;
  if (quorum === before.quorum && approvers.join('\n') === before.approvers.join('\n'))
    return 'that is what holds now: say `approvers`, `quorum` or both';
  const able = approvers.filter((person) => mayApprove(ledger, {}, person));
  return able.length < quorum
    ? `${String(quorum)} approvals would be needed and only ${String(able.length)} of ${approvers.join(', ')} could give one, since ${ledger.request.by} started the release`
    : undefined;
}
