import { answerOf, type Gate, type GateId } from '../contract/gates.js';
import { short } from '../contract/digest.js';
import type { Message, MessageKind, MessageOutcome, MessageRecord } from '../contract/messages.js';
import { mayApprove, openGates, type Ledger } from '../contract/state.js';
import { no, yes } from './outcomes.js';

/** How a message came in; `made` names it if its sender did not. */
export interface Arrival {
  readonly channel: MessageRecord['channel'];
  readonly at: string;
  readonly made: string;
}

/** A message that has an id, its sender's or a made one. */
export type Named = Message & { readonly id: string };

/** Answers one gate by its id and digest. */
export function answerGate(
  ledger: Ledger,
  kind: 'approve' | 'reject',
  message: Named,
  arrival: Arrival,
): MessageOutcome {
  const open = askingGates(ledger);
  const gate = open.find((candidate) => candidate.id === message.gate);
  if (gate === undefined) {
    const others = open.map((candidate) => candidate.id).join(', ');
    return no(`the gate ${message.gate ?? ''} is not open (open now: ${others === '' ? 'none' : others})`);
  }
  const stale = staleness(gate, message.digest);
  if (stale !== undefined) return no(stale);
  if (!gate.answers.includes(kind)) return no(`the gate ${gate.id} takes ${gate.answers.join(', ')}`);
  const excess = kind === 'approve' ? refuseApproval(ledger, gate, message.by) : undefined;
  return excess === undefined ? decide(gate, kind, message, arrival) : no(excess);
}

function refuseApproval(ledger: Ledger, gate: Gate, by: string): string | undefined {
  if (!mayApprove(ledger, gate, by))
    return `${by} started the release and the settings allow no self-approval`;
  if (gate.decisions.some((decision) => decision.by === by)) return `${by} has answered this already`;
  return answerOf(gate)?.kind === 'approve' ? `the gate ${gate.id} has all its approvals already` : undefined;
}

/** Answers what is asked without naming it: of several, the one whose gate or digest the message has. */
export function answerQuestion(
  ledger: Ledger,
  kind: 'fix' | 'retry' | 'keep',
  message: Named,
  arrival: Arrival,
): MessageOutcome {
  const fitting = askingGates(ledger).filter(
    ({ id, answers }) => answers.includes(kind) && fits(id, message),
  );
  const gate = fitting.find((asking) => staleness(asking, message.digest) === undefined) ?? fitting[0];
  if (gate === undefined) return no(`nothing waits for \`${kind}\` now`);
  const stale = message.digest === undefined ? undefined : staleness(gate, message.digest);
  return stale === undefined ? decide(gate, kind, message, arrival) : no(stale);
}

/** A message without a gate answers whatever takes it. */
function fits(id: GateId, { gate = id }: Message): boolean {
  return gate === id;
}

/** The gates that an answer can still reach: a stop ends what was asked before it, except about trouble. */
export function askingGates(ledger: Ledger): Gate[] {
  const { stop } = ledger;
  return openGates(ledger).filter(
    (gate) => stop === undefined || gate.id === 'trouble' || gate.openedAt >= stop.at,
  );
}

/** Takes an answer of a gate down. */
export function decide(
  gate: Gate,
  kind: MessageKind,
  message: Named,
  { at, channel }: Arrival,
): MessageOutcome {
  const other = gate.decisions.find((decision) => decision.kind !== 'approve');
  if (other !== undefined) return no(`${other.by} answered the gate ${gate.id} with ${other.kind} already`);
  gate.decisions.push({
    message: message.id,
    kind,
    by: message.by,
    at,
    channel,
    ...(message.reason === undefined ? {} : { reason: message.reason }),
  });
  const approvals = gate.decisions.filter((decision) => decision.kind === 'approve').length;
  return yes(
    kind === 'approve'
      ? `approval ${String(approvals)} of ${String(gate.quorum)} of the gate ${gate.id}`
      : `${kind} at the gate ${gate.id}`,
  );
}

function staleness(gate: Gate, digest: string | undefined): string | undefined {
  if (digest !== undefined && digest.length >= 12 && gate.digest.startsWith(digest)) return undefined;
  return `stale: the gate ${gate.id} asks about ${short(gate.digest)}, the answer is for ${digest ?? 'nothing'}`;
}
