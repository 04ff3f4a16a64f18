import { gateDeadlines, type Deadline } from '../contract/deadlines.js';
import { answerOf, namesOf, type Gate } from '../contract/gates.js';
import type { Ledger } from '../contract/state.js';
import { announce, lead } from './announcing.js';
import { endHolds } from './answering.js';
import type { Desk } from './desk.js';

/** When time alone changes something at an open gate, ISO 8601: a hold or the card ends, or people are told that it will. */
export function nextMoment({ ledger }: Desk, gate: Gate): string | undefined {
  const [next] = gateDeadlines(ledger, gate)
    .flatMap((end) => [end.at, ...(isToAnnounce(ledger, end) ? [announcedAt(end)] : [])])
    .sort();
  return next;
}

/** Does what is due at an open gate by now: ends holds, or the card with all that was said at it, or tells people that they will end. */
export function passTime(desk: Desk, gate: Gate): void {
  const at = desk.now();
  for (const end of gateDeadlines(desk.ledger, gate))
    if (isToAnnounce(desk.ledger, end) && announcedAt(end) <= at && end.at > at) announce(desk, end);
  endHolds(gate, at);
  const { id, expiresAt, decisions } = gate;
  if (expiresAt === undefined || expiresAt > at || answerOf(gate) !== undefined) return;
  gate.fell = { at: expiresAt, why: 'expired' };
  const approved = decisions.length === 0 ? 'nobody' : namesOf(decisions);
  desk.note({ what: `the card of the gate ${id} expired at ${expiresAt}, and ${approved} had approved` });
}

/** Only channels reach people who do not look; who looks sees every deadline. */
function isToAnnounce({ terms, announced = [] }: Ledger, { what, at }: Deadline): boolean {
  return terms?.notifies === true && !announced.some((other) => other.what === what && other.at === at);
}

/** What lasts less than twice the usual lead is announced in its middle. */
function announcedAt({ from, at }: Deadline & { readonly from: string }): string {
  const end = Date.parse(at);
  return new Date(end - Math.min(lead, (end - Date.parse(from)) / 2)).toISOString();
}
