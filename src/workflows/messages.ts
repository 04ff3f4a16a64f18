import type { Gate } from '../contract/gates.js';
import {
  malformed,
  type Message,
  type MessageKind,
  type MessageOutcome,
  type MessageRecord,
} from '../contract/messages.js';
import { short } from '../contract/digest.js';
import { openGates, type Ledger } from '../contract/state.js';

/** How a message came in; `made` names it if its sender did not. */
export interface Arrival {
  readonly channel: MessageRecord['channel'];
  readonly at: string;
  readonly made: string;
}

/** Judges a message, applies what counts to the ledger and records exactly one outcome for it. */
export function receive(ledger: Ledger, kind: MessageKind, input: unknown, arrival: Arrival): MessageOutcome {
  const problem = malformed(kind, input);
  const message: Message = problem === undefined ? (input as Message) : { by: 'somebody' };
  const id = message.id ?? arrival.made;
  const earlier = ledger.messages.find((record) => record.id === id);
  if (earlier !== undefined && earlier.kind === kind && earlier.by === message.by) return outcomeOf(earlier);
  const outcome =
    problem !== undefined
      ? no(`ignored, because it is malformed: ${problem}`)
      : earlier !== undefined
        ? no(`the id ${id} belongs to another message`)
        : judge(ledger, kind, { ...message, id }, arrival.at);
  ledger.messages.push({
    ...outcome,
    id: earlier === undefined ? id : arrival.made,
    kind,
    by: message.by,
    at: arrival.at,
    channel: arrival.channel,
    ...(message.gate === undefined ? {} : { gate: message.gate }),
    ...(message.digest === undefined ? {} : { digest: message.digest }),
    ...(message.reason === undefined ? {} : { reason: message.reason }),
  });
  return outcome;
}

type Named = Message & { readonly id: string };

function judge(ledger: Ledger, kind: MessageKind, message: Named, at: string): MessageOutcome {
  const refusal = refuse(ledger, kind, message, at);
  if (refusal !== undefined) return no(refusal);
  switch (kind) {
    case 'approve':
    case 'reject':
      return answerGate(ledger, kind, message, at);
    case 'fix':
    case 'retry':
    case 'keep':
      return answerQuestion(ledger, kind, message, at);
    case 'report':
      return report(ledger, message, at);
    case 'abort':
    case 'yank':
      return stop(ledger, kind, message, at);
  }
}

/** Why a message cannot count whatever it says. */
function refuse(ledger: Ledger, kind: MessageKind, message: Named, at: string): string | undefined {
  if (ledger.phase === 'closed') return 'the release has ended';
  if (message.expires !== undefined && Date.parse(message.expires) < Date.parse(at))
    return `the message expired at ${message.expires}`;
  if (kind === 'report') return undefined;
  const { terms, request } = ledger;
  if (terms === undefined)
    return message.by === request.by ? undefined : 'the release is not admitted yet: its terms are being read';
  const approver = terms.approvers.includes(message.by);
  const decides = kind === 'approve' || kind === 'reject' || kind === 'keep';
  if (!approver && (decides || message.by !== request.by))
    return `${message.by} is not an approver of this release (${terms.approvers.join(', ')})`;
  return undefined;
}

function answerGate(ledger: Ledger, kind: 'approve' | 'reject', message: Named, at: string): MessageOutcome {
  const open = openGates(ledger);
  const gate = open.find((candidate) => candidate.id === message.gate);
  if (gate === undefined) {
    const others = open.map((candidate) => candidate.id).join(', ');
    return no(`the gate ${message.gate ?? ''} is not open (open now: ${others === '' ? 'none' : others})`);
  }
  const stale = staleness(gate, message.digest);
  if (stale !== undefined) return no(stale);
  if (!gate.answers.includes(kind)) return no(`the gate ${gate.id} takes ${gate.answers.join(', ')}`);
  if (kind === 'approve' && message.by === ledger.request.by && ledger.terms?.selfApproval === false)
    return no(`${message.by} started the release and the settings allow no self-approval`);
  if (gate.decisions.some((decision) => decision.by === message.by && decision.kind === kind))
    return no(`${message.by} has answered this already`);
  return decide(gate, kind, message, at);
}

function answerQuestion(
  ledger: Ledger,
  kind: 'fix' | 'retry' | 'keep',
  message: Named,
  at: string,
): MessageOutcome {
  const gate = openGates(ledger).find((candidate) => candidate.answers.includes(kind));
  if (gate === undefined) return no(`nothing waits for \`${kind}\` now`);
  const stale = message.digest === undefined ? undefined : staleness(gate, message.digest);
  return stale === undefined ? decide(gate, kind, message, at) : no(stale);
}

function decide(gate: Gate, kind: MessageKind, message: Named, at: string): MessageOutcome {
  gate.decisions.push({
    message: message.id,
    kind,
    by: message.by,
    at,
    ...(message.reason === undefined ? {} : { reason: message.reason }),
  });
  const approvals = gate.decisions.filter((decision) => decision.kind === 'approve').length;
  return yes(
    kind === 'approve'
      ? `approval ${String(approvals)} of ${String(gate.quorum)} of the gate ${gate.id}`
      : `${kind} at the gate ${gate.id}`,
  );
}

function report(ledger: Ledger, message: Named, at: string): MessageOutcome {
  if (ledger.phase !== 'uploading')
    return no('nothing is published yet: reject at the gate, or abort, to stop the release');
  ledger.reports.push({
    message: message.id,
    by: message.by,
    at,
    reason: message.reason ?? 'no reason given',
    answered: false,
  });
  return yes('the problem is recorded; people are asked to yank or keep');
}

function stop(ledger: Ledger, kind: 'abort' | 'yank', message: Named, at: string): MessageOutcome {
  if (ledger.stop !== undefined) return no(`${ledger.stop.by} asked for ${ledger.stop.kind} already`);
  const published = ledger.phase === 'uploading';
  if (kind === 'abort' && published)
    return no('the upload to the production index has begun and cannot be undone: send `yank` instead');
  ledger.stop = {
    kind: published ? 'yank' : 'abort',
    by: message.by,
    at,
    reason: message.reason ?? 'no reason given',
  };
  if (published) return yes('the release is being yanked');
  return yes(
    kind === 'yank'
      ? 'nothing is uploaded yet, so the yank counts as abort: the release is being abandoned'
      : 'the release is being abandoned',
  );
}

function staleness(gate: Gate, digest: string | undefined): string | undefined {
  if (digest !== undefined && digest.length >= 12 && gate.digest.startsWith(digest)) return undefined;
  return `stale: the gate ${gate.id} asks about ${short(gate.digest)}, the answer is for ${digest ?? 'nothing'}`;
}

function outcomeOf(record: MessageRecord): MessageOutcome {
  return { counted: record.counted, why: record.why };
}

function yes(why: string): MessageOutcome {
  return { counted: true, why };
}

function no(why: string): MessageOutcome {
  return { counted: false, why };
}
