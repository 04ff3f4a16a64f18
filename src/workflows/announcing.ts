import { condition } from '@temporalio/workflow';

import { deadlines, type Deadline } from '../contract/deadlines.js';
import { beside, type Beside } from './beside.js';
import type { Desk } from './desk.js';
import { dutyChange } from './watch-duty.js';

/** How long before a deadline it is announced, in milliseconds. */
export const lead = 30 * 60_000;

/** Announces each deadline of a watch before it passes, until it is cancelled. */
export function announceDeadlines(desk: Desk, until: string): Beside {
  return beside(() => announceEach(desk, until));
}

async function announceEach(desk: Desk, until: string): Promise<void> {
  const { ledger } = desk;
  for (;;) {
    const changed = dutyChange(ledger);
    // Whoever is asked at a gate is told of its end there.
    const next = deadlines(ledger, desk.now()).find(
      ({ at, whom }) => whom === undefined && at <= until && wait(desk, at) > 0,
    );
    if (next === undefined) await condition(changed);
    else if (!(await condition(changed, wait(desk, next.at)))) announce(desk, next);
  }
}

/** Says that something ends soon. */
export function announce(desk: Desk, { what, at, whom }: Deadline): void {
  const { ledger } = desk;
  ledger.announced = [...(ledger.announced ?? []), { what, at, ...(whom === undefined ? {} : { whom }) }];
  const minutes = Math.ceil((Date.parse(at) - Date.parse(desk.now())) / 60_000);
  desk.note({
    what: `in ${minutes === 1 ? '1 minute' : `${String(minutes)} minutes`}, at ${at}, ${what} ends`,
  });
}

/** How long it is until the deadline of a moment has to be announced, in milliseconds. */
function wait(desk: Desk, at: string): number {
  return Date.parse(at) - lead - Date.parse(desk.now());
}
