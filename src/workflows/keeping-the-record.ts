import { allHandlersFinished, condition } from '@temporalio/workflow';

import type { Ledger, ReleaseOutcome } from '../contract/state.js';
import { urgent } from './activities.js';
import type { Desk } from './desk.js';
import type { Telling } from './telling.js';

/** How often a record is kept, at most, so that who goes on sending messages does not keep an ended release open. */
const mostTimes = 10;

/** Keeps the record of what has ended, in which every message stands that was answered, and says where it is. */
export async function keepRecord(
  desk: Desk,
  ended: ReleaseOutcome,
  telling: Telling,
): Promise<ReleaseOutcome> {
  let kept = await keep(desk, ended);
  await telling.end();
  await condition(allHandlersFinished);
  for (let times = 1; times < mostTimes && !isWhole(kept, desk.ledger); times += 1) {
    kept = await keep(desk, ended);
    await condition(allHandlersFinished);
  }
  return kept.outcome;
}

interface Kept {
  readonly outcome: ReleaseOutcome;
  /** The newest message in it. */
  readonly message: Ledger['messages'][number] | undefined;
  readonly untold: Ledger['untold'] | undefined;
}

async function keep(desk: Desk, ended: ReleaseOutcome): Promise<Kept> {
  const { ledger } = desk;
  ledger.outcome = ended;
  const { untold } = ledger;
  const message = ledger.messages.at(-1);
  const { digest: record, evidence } = await desk.insist(() => urgent.ensureClosed({ ledger }));
  ledger.outcome = { ...ended, record, ...(evidence === undefined ? {} : { evidence }) };
  desk.show();
  return { outcome: ledger.outcome, message, untold };
}

/** Whether nothing has come since; a message that comes is always recorded as one of its own. */
function isWhole({ message, untold }: Kept, ledger: Ledger): boolean {
  return ledger.messages.at(-1) === message && ledger.untold === untold;
}
