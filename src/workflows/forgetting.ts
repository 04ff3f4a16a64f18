import type { Gate } from '../contract/gates.js';
import type { MessageKind, MessageRecord } from '../contract/messages.js';
import type { Ledger } from '../contract/state.js';

/** How many messages are kept beside those that a release rests on. */
const keptMessages = 200;

/** How many closed gates of each kind are kept; a candidate that is through is done with its own. */
const keptGates = 20;

/** What people may say as often as they like, and what nobody may. */
const restsOn: readonly MessageKind[] = ['approve', 'reject', 'abort', 'yank', 'un-yank', 'amend'];

/**
 * Lets the oldest messages go that nothing rests on, so that no flood of them makes a ledger that the engine cannot hand
 * about (it takes 2 MB at once): they stay in the run's history. What would count again is judged again.
 */
export function forgetMessages(ledger: Ledger): void {
  const rest = ledger.messages.filter((message) => !isRestedOn(message));
  const excess = rest.length - keptMessages;
  if (excess <= 0) return;
  const gone = new Set(rest.slice(0, excess));
  ledger.messages = ledger.messages.filter((message) => !gone.has(message));
  ledger.forgotten = { gates: 0, ...ledger.forgotten, messages: (ledger.forgotten?.messages ?? 0) + excess };
}

function isRestedOn({ counted, kind }: MessageRecord): boolean {
  return counted && restsOn.includes(kind);
}

/** Lets the oldest closed gates of a kind go that has just been asked again. */
export function forgetGates(ledger: Ledger, id: Gate['id']): void {
  const closed = ledger.gates.filter((gate) => gate.id === id && gate.closedAt !== undefined);
  const excess = closed.length - keptGates;
  if (excess <= 0) return;
  const gone = new Set(closed.slice(0, excess));
  ledger.gates = ledger.gates.filter((gate) => !gone.has(gate));
  ledger.forgotten = { messages: 0, ...ledger.forgotten, gates: (ledger.forgotten?.gates ?? 0) + excess };
}
