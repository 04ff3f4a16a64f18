import {
  fellInWords,
  isApproved,
  standingHolds,
  type Gate,
  type GateId,
  type Hold,
} from '../contract/gates.js';
import { short } from '../contract/digest.js';
import type { Message, MessageKind, MessageOutcome, MessageRecord } from '../contract/messages.js';
import type { SignatureCheck } from '../contract/signing.js';
import { ownApprovalFrom } from '../contract/self-approval.js';
import { whyNoRerun } from '../contract/reruns.js';
import { mayApprove, openGates, type Ledger } from '../contract/state.js';
import { no, yes } from './outcomes.js';
import { refuseSignature } from './signed-answers.js';

/** How a message came in; `made` names it if its sender did not. */
export interface Arrival {
  readonly channel: MessageRecord['channel'];
  readonly at: string;
  readonly made: string;
  /** What was found of a signature. */
  readonly proof?: SignatureCheck;
}

/** A message that has an id, its sender's or a made one. */
export type Named = Message & { readonly id: string };

/** Answers one gate by its id and digest; who answers a gate holds it no longer. */
export function answerGate(
  ledger: Ledger,
  kind: 'approve' | 'reject',
  message: Named,
  arrival: Arrival,
): MessageOutcome {
  const reached = reach(ledger, kind, message, arrival.at);
  if ('refused' in reached) return no(reached.refused);
  const { gate } = reached;
  const unproven = refuseSignature(ledger, gate, kind, message, arrival.proof);
  if (unproven !== undefined) return no(unproven);
  const excess = kind === 'approve' ? refuseApproval(ledger, gate, message, arrival) : undefined;
  if (excess !== undefined) return no(excess);
  const isOwn = message.by === ledger.request.by && ownApprovalFrom(ledger, gate) !== undefined;
  const outcome = decide(gate, kind, message, arrival, kind === 'approve' && isOwn);
  if (!outcome.counted) return outcome;
  endHolds(gate, arrival.at, message.by);
  return yes([outcome.why, ...standingHolds(gate).map(waitsFor)].join('; '));
}

/** The open gate that a message is bound to, or why it reaches none. */
export function reach(
  ledger: Ledger,
  kind: MessageKind,
  message: Named,
  at: string,
): { readonly gate: Gate } | { readonly refused: string } {
  const open = askingGates(ledger);
  const gate = open.find((candidate) => candidate.id === message.gate);
  if (gate === undefined) {
    const others = open.map((candidate) => candidate.id).join(', ');
    const now = others === '' ? 'none' : others;
    return { refused: `the gate ${message.gate ?? ''} is not open (open now: ${now})` };
  }
  const stale = staleness(gate, message.digest);
  if (stale !== undefined) return { refused: fallen(ledger, gate, message.digest) ?? stale };
  // No worker may have been there to see it expire.
  if (gate.expiresAt !== undefined && gate.expiresAt <= at)
    return { refused: `the card of the gate ${gate.id} expired at ${gate.expiresAt}: it is asked anew` };
  return gate.answers.includes(kind)
    ? { gate }
    : { refused: `the gate ${gate.id} takes ${gate.answers.join(', ')}` };
}

function refuseApproval(ledger: Ledger, gate: Gate, message: Named, arrival: Arrival): string | undefined {
  const { by } = message;
  if (!mayApprove(ledger, gate, by))
    return `${by} started the release and the settings allow no self-approval`;
  return refuseAgain(gate, by) ?? refuseOwn(ledger, gate, message, arrival);
}

/** Who approves what they have started themselves says the version again, and not in the heat of the moment. */
function refuseOwn(ledger: Ledger, gate: Gate, { by, retyped }: Named, { at }: Arrival): string | undefined {
  const { by: starter, version } = ledger.request;
  const from = by === starter ? ownApprovalFrom(ledger, gate) : undefined;
  if (from === undefined) return undefined;
  if (at < from)
    return `${by} started the release: an approval by the same person counts from ${from} on, with the version typed again`;
  return retyped === version
    ? undefined
    : `${by} started the release: an approval by the same person counts with the version typed again, \`--retype ${version}\``;
}

function refuseAgain(gate: Gate, by: string): string | undefined {
  const holds = standingHolds(gate);
  if (gate.decisions.some((decision) => decision.by === by))
    return holds.some((hold) => hold.by === by)
      ? `${by} has approved this already, and holds it: send \`lift\``
      : `${by} has answered this already`;
  if (!isApproved(gate) || holds.some((hold) => hold.by === by)) return undefined;
  return [`the gate ${gate.id} has all its approvals already`, ...holds.map(waitsFor)].join('; ');
}

function waitsFor({ by, until, reason }: Hold): string {
  return `it waits for ${by}, who holds it until ${until}: ${reason}`;
}

/** Answers what is asked without naming it: of several, the one whose gate or digest the message has. */
export function answerQuestion(
  ledger: Ledger,
  kind: 'fix' | 'rerun' | 'retry' | 'keep',
  message: Named,
  arrival: Arrival,
): MessageOutcome {
  const fitting = askingGates(ledger).filter(
    ({ id, answers }) => answers.includes(kind) && fits(id, message),
  );
  const gate = fitting.find((asking) => staleness(asking, message.digest) === undefined) ?? fitting[0];
  if (gate === undefined) return no(whyNothingWaits(ledger, kind));
  const stale = message.digest === undefined ? undefined : staleness(gate, message.digest);
  return stale === undefined ? decide(gate, kind, message, arrival) : no(stale);
}

function whyNothingWaits(ledger: Ledger, kind: MessageKind): string {
  const exhausted = kind === 'rerun' && openGates(ledger).length > 0 ? whyNoRerun(ledger) : undefined;
  return exhausted ?? `nothing waits for \`${kind}\` now`;
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
  { at, channel, proof }: Arrival,
  isOwn = false,
): MessageOutcome {
  const otherwise = decidedOtherwise(gate);
  if (otherwise !== undefined) return no(otherwise);
  gate.decisions.push({
    message: message.id,
    kind,
    by: message.by,
    at,
    channel,
    ...(message.reason === undefined ? {} : { reason: message.reason }),
    ...(proof?.proven === true ? { key: proof.key } : {}),
    ...(isOwn ? { own: { retyped: message.retyped ?? '', opened: gate.openedAt } } : {}),
  });
  if (kind !== 'approve') return yes(`${kind} at the gate ${gate.id}`);
  const approvals = gate.decisions.length;
  const which =
    approvals > gate.quorum
      ? 'a further approval'
      : `approval ${String(approvals)} of ${String(gate.quorum)}`;
  return yes(`${which} of the gate ${gate.id}`);
}

/** Why nobody can answer a gate any more: somebody has, with something else than an approval. */
export function decidedOtherwise(gate: Gate): string | undefined {
  const other = gate.decisions.find((decision) => decision.kind !== 'approve');
  return other && `${other.by} answered the gate ${gate.id} with ${other.kind} already`;
}

/** What became of the card that an answer is for, where the question is asked anew. */
function fallen({ gates }: Ledger, now: Gate, digest = ''): string | undefined {
  const card = gates.find(
    (gate) => gate.id === now.id && gate.fell !== undefined && staleness(gate, digest) === undefined,
  );
  return card?.fell && `${fellInWords(card.fell)}: the gate ${now.id} asks anew, about ${short(now.digest)}`;
}

function staleness(gate: Gate, digest: string | undefined): string | undefined {
  if (digest !== undefined && digest.length >= 12 && gate.digest.startsWith(digest)) return undefined;
  return `stale: the gate ${gate.id} asks about ${short(gate.digest)}, the answer is for ${digest ?? 'nothing'}`;
}

/** Ends the holds of a gate that somebody has, or those whose time has come; answers which. */
export function endHolds(gate: Gate, at: string, by?: string): Hold[] {
  const ended = standingHolds(gate).filter((hold) => (by === undefined ? hold.until <= at : hold.by === by));
  for (const hold of ended) hold.endedAt = at;
  return ended;
}
