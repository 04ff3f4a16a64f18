import type { Message, MessageOutcome } from '../contract/messages.js';
import { onWatchAt } from '../contract/roster.js';
import type { Ledger } from '../contract/state.js';

/** Takes down that somebody is on watch, in place of what the same person said before. */
export function comeOnWatch(ledger: Ledger, { by, until }: Message, at: string): MessageOutcome {
  const end = until === undefined ? undefined : new Date(until).toISOString();
  if (end !== undefined && end <= at)
    return { counted: false, why: `${end} is over: say until when you are on watch` };
  endShifts(ledger, by, at);
  ledger.shifts.push({ by, from: at, ...(end === undefined ? {} : { until: end }) });
  return {
    counted: true,
    why: `${by} is on watch ${end === undefined ? 'until the release ends' : `until ${end}`}`,
  };
}

/** Takes down that somebody is not on watch any more, unless the release would be left alone. */
export function goOffWatch(ledger: Ledger, by: string, at: string): MessageOutcome {
  const present = onWatchAt(ledger.shifts, at);
  if (!present.includes(by)) return { counted: false, why: `${by} is not on watch` };
  const left = present.length === 1 && ledger.phase === 'uploading' && !isArmed(ledger);
  if (left)
    return {
      counted: false,
      why: `nobody else is on watch and nothing stands ready to yank by itself: ${by} stays on watch until somebody else says \`on-watch\``,
    };
  endShifts(ledger, by, at);
  return { counted: true, why: `${by} is not on watch any more` };
}

/** Whether a driver stands ready to yank without a person. */
export function isArmed({ readiness }: Ledger): boolean {
  return (readiness?.armed ?? []).length > 0;
}

function endShifts(ledger: Ledger, by: string, at: string): void {
  ledger.shifts = ledger.shifts.map((shift) =>
    shift.by === by && (shift.until === undefined || shift.until > at) ? { ...shift, until: at } : shift,
  );
}
