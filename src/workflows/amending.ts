import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

import { describeAmendment, pendingAmendment } from '../contract/amending.js';
import { digestOf } from '../contract/digest.js';
import { openGates, type Amendment, type Ledger } from '../contract/state.js';
import { amendQuorum } from './amend-messages.js';
import { beside, type Beside } from './beside.js';
import type { Desk } from './desk.js';
import { made } from './quality.js';

/** Has people asked whenever somebody wants other approvers or another quorum, beside whatever goes on. */
export function hearAmendments(desk: Desk): Beside {
  return beside(() => hear(desk));
}

async function hear(desk: Desk): Promise<never> {
  const { ledger } = desk;
  for (;;) {
    await condition(() => pendingAmendment(ledger) !== undefined);
    const amendment = made(pendingAmendment(ledger), 'amendment');
    try {
      await untilStopped(ledger, () => decide(desk, amendment));
    } catch (error) {
      if (!isCancellation(error) || ledger.stop === undefined) throw error;
    } finally {
      // What the release overtakes is not in force, and its record says until when it was asked.
      amendment.endedAt ??= desk.now();
    }
  }
}

/** Ends what people are asked as soon as nobody has to approve the release any more. */
async function untilStopped(ledger: Ledger, body: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  await scope.run(async () => {
    void condition(() => ledger.stop !== undefined).then(
      () => {
        scope.cancel();
      },
      () => undefined, // it is over
    );
    await body();
  });
  scope.cancel();
}

async function decide(desk: Desk, amendment: Amendment): Promise<void> {
  const { reason, by, askedAt } = amendment;
  const answer = await desk.ask({
    id: 'amend',
    consequence: `From then on an approval takes ${describeAmendment(amendment)}; what waits for approvals is asked anew.`,
    subject: [
      { label: 'wanted by', value: `${by}: ${reason}` },
      { label: 'asked', value: askedAt },
    ],
    answers: ['approve', 'reject'],
    quorum: amendQuorum,
    anyApprover: true,
  });
  const { decisions } = made(
    desk.ledger.gates.findLast(({ id }) => id === 'amend'),
    'answer',
  );
  amendment.endedAt = desk.now();
  if (answer.kind === 'reject') {
    amendment.rejectedBy = answer.by;
    desk.note({ what: `${answer.by} rejected the amend: ${answer.reason ?? 'no reason given'}` });
    return;
  }
  amendment.approvedBy = decisions.map(({ by: who }) => who);
  putInForce(desk, amendment);
}

function putInForce(desk: Desk, amendment: Amendment): void {
  const { ledger } = desk;
  const { approvers, quorum, reason } = amendment;
  const terms = { ...desk.terms, approvers, quorum };
  Object.assign(ledger, { terms, agreed: digestOf({ request: ledger.request, terms }) });
  for (const gate of openGates(ledger))
    if (gate.answers.includes('approve')) gate.fell = { at: desk.now(), why: 'amended' };
  desk.note({
    what: `an approval takes ${describeAmendment(amendment)}, agreed by ${desk.approvers('amend')}: ${reason}`,
  });
  desk.show();
}
