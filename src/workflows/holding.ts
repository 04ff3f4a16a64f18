import { standingHolds, type Gate } from '../contract/gates.js';
import type { MessageOutcome } from '../contract/messages.js';
import { openGates, type Ledger } from '../contract/state.js';
import { decidedOtherwise, endHolds, reach, type Arrival, type Named } from './answering.js';
import { no, yes } from './outcomes.js';

/** How long a hold lasts at most, in hours: somebody who vanishes does not hold a release for ever. */
const longestHours = 24;

/** How often one question can be held. */
const mostHolds = 20;

/** Takes down that somebody holds a gate: approvals are counted meanwhile, and close it when nobody holds it any more. */
export function holdGate(ledger: Ledger, message: Named, { at, channel }: Arrival): MessageOutcome {
  const reached = reach(ledger, 'hold', message, at);
  if ('refused' in reached) return no(reached.refused);
  const { gate } = reached;
  const latest = new Date(Date.parse(at) + longestHours * 3_600_000).toISOString();
  const until = message.until === undefined ? latest : new Date(message.until).toISOString();
  const refusal = decidedOtherwise(gate) ?? whyNotAgain(gate) ?? whyNotUntil(until, at, latest);
  if (refusal !== undefined) return no(refusal);
  // Who holds again holds once, for the new reason and time.
  endHolds(gate, at, message.by);
  const { id, by, reason = '' } = message;
  (gate.holds ??= []).push({ message: id, by, at, channel, reason, until });
  return yes(`${by} holds the gate ${gate.id} until ${until}: approvals are counted, and wait`);
}

function whyNotAgain({ id, holds = [] }: Gate): string | undefined {
  return holds.length >= mostHolds
    ? `the gate ${id} was held ${String(mostHolds)} times: reject it if it shall not pass`
    : undefined;
}

function whyNotUntil(until: string, at: string, latest: string): string | undefined {
  if (until <= at) return `${until} is over: say until when you hold it`;
  return until > latest
    ? `a hold lasts ${String(longestHours)} h at most, until ${latest}: say an earlier time, and hold again then`
    : undefined;
}

/** Ends what somebody holds: one gate, or all of them. */
export function liftHold(ledger: Ledger, { by, gate: wanted }: Named, { at }: Arrival): MessageOutcome {
  const held = openGates(ledger).filter(
    (gate) => (wanted ?? gate.id) === gate.id && endHolds(gate, at, by).length > 0,
  );
  if (held.length > 0) return yes(`${by} no longer holds ${held.map(({ id }) => id).join(' and ')}`);
  const others = openGates(ledger).flatMap((gate) =>
    standingHolds(gate).map((hold) => `${hold.by} holds ${gate.id}`),
  );
  const now = others.length === 0 ? 'nobody holds anything now' : `${others.join(', ')} now`;
  return no(`${by} does not hold ${wanted ?? 'any gate'}: ${now}`);
}
