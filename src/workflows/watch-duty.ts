import type { Message, MessageOutcome } from '../contract/messages.js';
import { onWatchAt } from '../contract/roster.js';
import type { Ledger } from '../contract/state.js';
import { no, yes } from './outcomes.js';

/** Takes down that somebody is on watch, in place of what the same person said before. */
export function comeOnWatch(ledger: Ledger, { by, until }: Message, at: string): MessageOutcome {
  const end = until === undefined ? undefined : new Date(until).toISOString();
  if (end !== undefined && end <= at) return no(`${end} is over: say until when you are on watch`);
  endShifts(ledger, by, at);
  ledger.shifts.push({ by, from: at, ...(end === undefined ? {} : { until: end }) });
  return yes(`${by} is on watch ${end === undefined ? 'until the release ends' : `until ${end}`}`);
}

/** Takes down that somebody is not on watch any more, unless the release would be left alone. */
export function goOffWatch(ledger: Ledger, by: string, at: string): MessageOutcome {
  const present = onWatchAt(ledger.shifts, at);
  if (!present.includes(by)) return no(`${by} is not on watch`);
  const left = present.length === 1 && ledger.phase === 'uploading' && !isArmed(ledger);
  if (left)
    return no(
      `nobody else is on watch and nothing stands ready to yank by itself: ${by} stays on watch until somebody else says \`on-watch\``,
    );
  endShifts(ledger, by, at);
  return yes(`${by} is not on watch any more`);
}

/** Whether a driver stands ready to yank without a person. */
export function isArmed({ readiness }: Ledger): boolean {
  return (readiness?.armed ?? []).length > 0;
}

/** Whether, from now on, anything has changed about who and what could yank. */
export function dutyChange(ledger: Ledger): () => boolean {
  const { shifts, readiness } = ledger;
  return () => ledger.shifts !== shifts || ledger.readiness !== readiness;
}

function endShifts(ledger: Ledger, by: string, at: string): void {
  ledger.shifts = ledger.shifts.map((shift) =>
    shift.by === by && (shift.until === undefined || shift.until > at) ? { ...shift, until: at } : shift,
  );
}
