import { condition, isCancellation } from '@temporalio/workflow';

import { coveredUntil } from '../contract/roster.js';
import type { Ledger } from '../contract/state.js';
import { patient } from './activities.js';
import { beside, type Beside } from './beside.js';
import type { Desk } from './desk.js';
import { noticing } from './noticing.js';
import { askForWatch, isCovered, look } from './readiness.js';
import { describeTrouble } from './trouble.js';
import { dutyChange, isArmed } from './watch-duty.js';

/** Keeps a published release in reach of a yank until it is cancelled: drivers stay armed, or somebody is on watch. */
export function standBy(desk: Desk): Beside[] {
  return [keepArmed, keepCovered].map((duty) => beside(() => duty(desk)));
}

/** Keeps the drivers' sessions warm, and tells when none of them could yank any more; what has no session cannot lose it. */
async function keepArmed(desk: Desk): Promise<void> {
  const { ledger, terms, subject } = desk;
  for (;;) {
    await condition(() => holdsSession(ledger));
    const lost = await disarmed(desk, { index: terms.production, subject, drivers: terms.yankDrivers });
    if (ledger.readiness !== undefined) ledger.readiness = { ...ledger.readiness, armed: [] };
    desk.note(
      { what: 'nothing stands ready to yank without a person any more' },
      ...lost.map((what) => ({ what })),
    );
    const notice = ['Nothing stands ready to yank without a person.', ...lost].join(' ');
    await noticing(desk, notice, () => condition(() => isArmed(ledger)));
  }
}

function holdsSession({ readiness }: Ledger): boolean {
  const armed = readiness?.armed ?? [];
  return armed.length > 0 && armed.every(({ until }) => until !== undefined);
}

/** Waits until no driver is armed, and says what a person has to do about it. */
async function disarmed(
  desk: Desk,
  target: Parameters<typeof patient.awaitDisarmed>[0],
): Promise<readonly string[]> {
  try {
    const { evidence, toDo } = await patient.awaitDisarmed(target);
    return [...evidence.map(({ what }) => what), ...toDo];
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { now, not, next } = describeTrouble(error);
    return [now, not, next];
  }
}

/** Asks for somebody on watch as soon as nothing and nobody could yank at once. */
async function keepCovered(desk: Desk): Promise<void> {
  for (;;) {
    await lapse(desk);
    await askForWatch(desk, 'Nothing and nobody could take it back at once:');
    // `retry` is said after the drivers' trouble was mended.
    if (!isCovered(desk)) await lookAgain(desk);
  }
}

/** Looks again who could yank; what keeps it from looking is asked about again, and ends nothing. */
async function lookAgain(desk: Desk): Promise<void> {
  try {
    await look(desk);
  } catch (error) {
    if (isCancellation(error)) throw error;
    desk.noteNew({ what: describeTrouble(error).now });
  }
}

/** Waits until neither a driver nor a person could yank at once. */
async function lapse(desk: Desk): Promise<void> {
  const { ledger } = desk;
  while (isCovered(desk)) {
    const changed = dutyChange(ledger);
    const end = isArmed(ledger) ? undefined : coveredUntil(ledger.shifts, desk.now());
    if (end === undefined) await condition(changed);
    else await condition(changed, Math.max(1, Date.parse(end) - Date.parse(desk.now())));
  }
}
