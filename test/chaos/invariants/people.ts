import { digestOf } from '../../../src/contract/digest.js';
import type { Gate, GateId } from '../../../src/contract/gates.js';
import { openGates, type Ledger } from '../../../src/contract/state.js';
import { refEffects, refsOf, uploads, type Observation, type SentMessage } from '../observation.js';
import { served, unYanks } from './effects.js';

/** I4: every upload, every merge and every un-yank comes after the approvals that it takes, for exactly what is done. */
export function authorised(seen: Observation): string[] {
  const { ledger } = seen;
  if (ledger === undefined) return [];
  const merges = refEffects(seen, refsOf(seen).base).filter(
    ({ to, foreign }) => foreign !== true && ledger.merges.some(({ commit }) => commit === to),
  );
  const heads = new Map(ledger.merges.map(({ commit, head }) => [commit, head]));
  return [
    ...uploads(seen).flatMap(({ filename, sha256, at, foreign }) =>
      foreign === true ? [] : unapproved(seen, ledger, 'production', sha256, `the upload of ${filename}`, at),
    ),
    ...merges.flatMap(({ to = '', at }) =>
      unapproved(seen, ledger, 'merge', heads.get(to) ?? '', `the merge ${to}`, at),
    ),
    ...unYanks(seen).flatMap(({ filename, at, foreign }) =>
      foreign === true ? [] : unapproved(seen, ledger, 'un-yank', '', `the un-yank of ${filename}`, at),
    ),
  ];
}

/** Says so unless enough people had approved a gate that names the value, by what they had sent themselves. */
function unapproved(
  seen: Observation,
  ledger: Ledger,
  id: GateId,
  value: string,
  what: string,
  at: string,
): string[] {
  const gates = ledger.gates.filter(
    (gate) =>
      gate.id === id && gate.subject.some((line) => line.value.includes(value)) && isGenuine(ledger, gate),
  );
  const isEnough = gates.some((gate) => approversOf(seen, ledger, gate, at).size >= gate.quorum);
  return isEnough ? [] : [`${what} at ${at} was not approved by enough people at a gate ${id} that names it`];
}

/** Whether a gate's digest is that of the subject that it shows. */
function isGenuine(ledger: Ledger, { id, subject, digest }: Gate): boolean {
  return digestOf({ gate: id, release: ledger.id, subject }) === digest;
}

function approversOf(seen: Observation, ledger: Ledger, gate: Gate, by: string): Set<string> {
  const counted = new Set(gate.decisions.map(({ message }) => message));
  const sent = seen.messages.filter(
    (message) =>
      counted.has(message.id) &&
      message.kind === 'approve' &&
      message.sentAt <= by &&
      isFor(message, gate) &&
      (message.expires === undefined || message.expires >= message.sentAt) &&
      mayDecide(ledger, gate, message.by),
  );
  // A review on the forge is a message that the release has read itself.
  const reviews = gate.decisions.filter(({ channel, at }) => channel === 'review' && at <= by);
  return new Set([...sent, ...reviews].map((approval) => approval.by));
}

function isFor(message: SentMessage, { id, digest }: Gate): boolean {
  return (
    message.gate === id && (message.digest ?? '').length >= 12 && digest.startsWith(message.digest ?? ' ')
  );
}

function mayDecide({ terms, amendments = [], request }: Ledger, gate: Gate, person: string): boolean {
  const approvers = [terms?.approvers ?? [], ...amendments.map(({ before }) => before.approvers)].flat();
  const isOwn = person === request.by && terms?.selfApproval === false && gate.anyApprover !== true;
  return approvers.includes(person) && !isOwn;
}

/** I6: once a yank is acknowledged no upload begins, all that is or becomes visible is yanked, and two people un-yank. */
export function yankDominates(seen: Observation): string[] {
  const { messages, ledger, hearsWithin = 0 } = seen;
  const stops = messages.filter(
    ({ kind, answer }) => (kind === 'yank' || kind === 'abort') && answer?.counted === true,
  );
  const heard = stops.map(({ answer }) => later(answer?.at ?? '', hearsWithin)).sort()[0];
  if (heard === undefined) return [];
  const late = uploads(seen).filter(
    ({ begunAt, at, foreign }) => foreign !== true && (begunAt ?? at) > heard,
  );
  const isOpen = ledger !== undefined && (ledger.outcome === undefined || openGates(ledger).length > 0);
  const isUndone = unYanks(seen).length > 0;
  return [
    ...late.map(
      ({ filename, at }) => `${filename} was uploaded at ${at}, after a stop was acknowledged at ${heard}`,
    ),
    ...(isOpen || isUndone
      ? []
      : served(seen).map((filename) => `${filename} is served though a stop was acknowledged at ${heard}`)),
  ];
}

function later(at: string, milliseconds: number): string {
  return milliseconds === 0 ? at : new Date(Date.parse(at) + milliseconds).toISOString();
}

/** I7: every acknowledged message has exactly one outcome, the one that was answered, and counts only where it was meant. */
export function decidedOnce(seen: Observation): string[] {
  const { ledger, messages } = seen;
  if (ledger === undefined) return [];
  const sent = new Map(messages.map((message) => [message.id, message]));
  return [
    ...messages.flatMap((message) => outcomeProblems(ledger, message)),
    ...ledger.gates.flatMap((gate) =>
      gate.decisions.flatMap(({ message: id, kind, by, channel }) => {
        const message = sent.get(id);
        const where = `the gate ${gate.id}, ${gate.digest.slice(0, 12)}`;
        if (channel === 'engine' || channel === 'review') return [];
        if (message === undefined) return [`${kind} by ${by} counts at ${where}, and nobody has sent it`];
        if (message.by !== by) return [`${kind} by ${message.by} counts at ${where} as ${by}'s`];
        const isMeant =
          message.digest === undefined || isFor({ ...message, gate: message.gate ?? gate.id }, gate);
        return isMeant
          ? []
          : [
              `${kind} by ${by} for ${message.gate ?? 'any gate'}, ${message.digest ?? ''} counts at ${where}`,
            ];
      }),
    ),
  ];
}

function outcomeProblems(ledger: Ledger, message: SentMessage): string[] {
  const { id, kind, by, answer } = message;
  const records = ledger.messages.filter((record) => record.id === id);
  const decisions = ledger.gates
    .flatMap((gate) => gate.decisions)
    .filter((decision) => decision.message === id);
  const what = `${kind} ${id} of ${by}`;
  return [
    ...(records.length > 1 ? [`${what} has ${String(records.length)} outcomes`] : []),
    ...(decisions.length > 1 ? [`${what} counts at ${String(decisions.length)} gates`] : []),
    ...records.flatMap(({ counted }) =>
      answer === undefined || counted === answer.counted
        ? []
        : [`${what} was answered ${word(answer.counted)} and is recorded as ${word(counted)}`],
    ),
    ...(records[0]?.counted === false && decisions.length > 0
      ? [`${what} does not count and is a decision`]
      : []),
    ...(answer !== undefined && records.length === 0 ? [`${what} was acknowledged and is not recorded`] : []),
  ];
}

function word(counted: boolean): string {
  return counted ? '"it counts"' : '"it does not count"';
}
