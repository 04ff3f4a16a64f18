import type { Gate, GateId } from '../../../src/contract/gates.js';
import {
  isBound,
  type Message,
  type MessageKind,
  type MessageOutcome,
} from '../../../src/contract/messages.js';
import type { Ledger } from '../../../src/contract/state.js';
import type { Arrival } from '../../../src/workflows/answering.js';
import { receive } from '../../../src/workflows/messages.js';
import { exampleGate } from '../../contract/example-release.js';

/** The digest of every gate of the example. */
export const { digest } = exampleGate();

/** When the messages arrive: after the example's gates were opened. */
export const later = '2026-03-01T12:00:05.000Z';

let made = 0;

/** How a message comes in: each with another name. */
export function arrival(changes: Partial<Arrival> = {}): Arrival {
  made += 1;
  return { channel: 'update', at: later, made: `made-${String(made)}`, ...changes };
}

/** Sends one message of somebody who may send it and says what is needed, unless the test says otherwise. */
export function send(ledger: Ledger, kind: MessageKind, message: Partial<Message> = {}): MessageOutcome {
  const gate = ledger.gates.find((open) => open.closedAt === undefined);
  const bound = isBound(kind) ? { gate: gate?.id ?? 'branch', digest } : {};
  return receive(ledger, kind, { by: 'grace', ...bound, reason: 'because', ...message }, arrival());
}

/** The answers that the procedure gives each gate. */
export const answers: Readonly<Record<GateId, Gate['answers']>> = {
  branch: ['approve', 'reject', 'hold', 'fix'],
  coverage: ['approve', 'reject', 'retry'],
  'test-index': ['approve', 'retry'],
  merge: ['approve', 'reject', 'hold'],
  window: ['approve'],
  'on-watch': ['on-watch', 'retry'],
  production: ['approve', 'reject', 'hold'],
  'put-main-back': ['approve', 'reject'],
  fix: ['fix', 'rerun', 'retry'],
  trouble: ['retry'],
  report: ['yank', 'keep'],
  probe: ['yank', 'keep', 'retry'],
  fallback: ['retry', 'keep'],
  'un-yank': ['approve', 'reject'],
  amend: ['approve', 'reject'],
};

/** One of the procedure's gates, open. */
export function gateAt(id: GateId, changes: Partial<Gate> = {}): Gate {
  return exampleGate({ id, answers: answers[id], ...changes });
}
