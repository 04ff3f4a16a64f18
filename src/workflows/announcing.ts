import { condition } from '@temporalio/workflow';

import { deadlines, type Deadline } from '../contract/deadlines.js';
import { beside, type Beside } from './beside.js';
import type { Desk } from './desk.js';
import { dutyChange } from './watch-duty.js';

/** How long before a deadline it is announced, in milliseconds. */
const lead = 30 * 60_000;

/** Announces each deadline of a watch before it passes, until it is cancelled. */
export function announceDeadlines(desk: Desk, until: string): Beside {
  return beside(() => announce(desk, until));
}

async function announce(desk: Desk, until: string): Promise<void> {
  const { ledger } = desk;
  for (;;) {
    const changed = dutyChange(ledger);
    const next = deadlines(ledger, desk.now()).find(
      (deadline) => deadline.at <= until && wait(desk, deadline) > 0,
    );
    if (next === undefined) await condition(changed);
    else if (!(await condition(changed, wait(desk, next)))) {
      ledger.announced = [...(ledger.announced ?? []), next];
      desk.note({ what: `in ${String(lead / 60_000)} minutes, at ${next.at}, ${next.what} ends` });
    }
  }
}

/** How long it is until a deadline has to be announced, in milliseconds. */
function wait(desk: Desk, { at }: Deadline): number {
  return Date.parse(at) - lead - Date.parse(desk.now());
}
