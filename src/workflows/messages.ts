import {
  isBound,
  malformed,
  sayings,
  type Message,
  type MessageKind,
  type MessageOutcome,
  type MessageRecord,
} from '../contract/messages.js';
import { canonicalJson } from '../contract/digest.js';
import { openGates, type Ledger, type Stop, type YankRecord } from '../contract/state.js';
import { askAmend } from './amend-messages.js';
import { answerGate, answerQuestion, askingGates, decide, type Arrival, type Named } from './answering.js';
import { wasSeen } from '../contract/yanking.js';
import { forgetMessages } from './forgetting.js';
import { holdGate, liftHold } from './holding.js';
import { no, yes } from './outcomes.js';
import { comeOnWatch, goOffWatch } from './watch-duty.js';
import { askUnYank, yankAgain } from './un-yank-messages.js';

/** Who cancels a run in the engine: it does not tell who asked it to, and lets nobody do so who may not. */
export const engine = 'somebody in the engine';

/** Judges a message, applies what counts to the ledger and records exactly one outcome for it. */
export function receive(ledger: Ledger, kind: MessageKind, input: unknown, arrival: Arrival): MessageOutcome {
  const problem = malformed(kind, input);
  if (problem !== undefined)
    return record(
      ledger,
      kind,
      { id: arrival.made, by: 'somebody' },
      arrival,
      no(`ignored, because it is malformed: ${problem}`),
    );
  const message = input as Message;
  const named = { ...message, id: message.id ?? arrival.made };
  const earlier = ledger.messages.find(({ id }) => id === named.id);
  if (earlier === undefined) return record(ledger, kind, named, arrival, judge(ledger, kind, named, arrival));
  if (isRepeat(earlier, kind, message)) return { counted: earlier.counted, why: earlier.why };
  return record(
    ledger,
    kind,
    { ...message, id: arrival.made },
    arrival,
    no(`the id ${named.id} belongs to another message`),
  );
}

/** What the ledger keeps of a message, so that its signature can be verified by anybody later. */
const kept = [...sayings, 'expires', 'signature'] as const;
type Kept = Pick<MessageRecord, (typeof kept)[number]>;

/** Whether a message says again what was said under its id; anything else under that id is another message. */
function isRepeat(earlier: MessageRecord, kind: MessageKind, message: Message): boolean {
  const isSigned = ({ signature }: Pick<Message, 'signature'>) => signature !== undefined;
  return (
    earlier.kind === kind &&
    (['by', ...sayings] as const).every(
      (field) => canonicalJson(earlier[field] ?? null) === canonicalJson(message[field] ?? null),
    ) &&
    // Whoever was told that a signature is missing may send it under the same id.
    isSigned(earlier) === isSigned(message)
  );
}

function record(
  ledger: Ledger,
  kind: MessageKind,
  message: Named,
  { at, channel }: Arrival,
  outcome: MessageOutcome,
): MessageOutcome {
  const { id, by } = message;
  const said = kept.flatMap((field) => (message[field] === undefined ? [] : [[field, message[field]]]));
  ledger.messages.push({ ...outcome, id, kind, by, at, channel, ...(Object.fromEntries(said) as Kept) });
  forgetMessages(ledger);
  return outcome;
}

function judge(ledger: Ledger, kind: MessageKind, message: Named, arrival: Arrival): MessageOutcome {
  const refusal = refuse(ledger, kind, message, arrival);
  return refusal === undefined ? judges[kind](ledger, message, arrival) : no(refusal);
}

const judges: Readonly<
  Record<MessageKind, (ledger: Ledger, message: Named, arrival: Arrival) => MessageOutcome>
> = {
  approve: (ledger, message, arrival) => answerGate(ledger, 'approve', message, arrival),
  reject: (ledger, message, arrival) => answerGate(ledger, 'reject', message, arrival),
  hold: holdGate,
  lift: liftHold,
  fix: (ledger, message, arrival) => answerQuestion(ledger, 'fix', message, arrival),
  rerun: (ledger, message, arrival) => answerQuestion(ledger, 'rerun', message, arrival),
  retry: (ledger, message, arrival) => answerQuestion(ledger, 'retry', message, arrival),
  keep: (ledger, message, arrival) => answerQuestion(ledger, 'keep', message, arrival),
  report: (ledger, message, { at }) => report(ledger, message, at),
  'on-watch': onWatch,
  'off-watch': (ledger, { by }, { at }) => goOffWatch(ledger, by, at),
  abort: (ledger, message, arrival) => stop(ledger, 'abort', message, arrival),
  yank: (ledger, message, arrival) => stop(ledger, 'yank', message, arrival),
  'un-yank': (ledger, message, { at }) => askUnYank(ledger, message, at),
  amend: (ledger, message, { at }) => askAmend(ledger, message, at),
};

/** Why a message cannot count whatever it says. */
function refuse(
  ledger: Ledger,
  kind: MessageKind,
  message: Named,
  { at, channel }: Arrival,
): string | undefined {
  // What still has to be kept of an ended release may need mending.
  if (ledger.phase === 'closed' && !(kind === 'retry' && ledger.outcome !== undefined))
    return kind === 'yank' || kind === 'un-yank' ? sentTooLate(ledger, kind) : 'the release has ended';
  if (message.expires !== undefined && Date.parse(message.expires) < Date.parse(at))
    return `the message expired at ${message.expires}`;
  return kind === 'report' || channel === 'engine' ? undefined : refusePerson(ledger, kind, message.by);
}

/** At an end that people have to help with the release stands open for as long as they need. */
function sentTooLate(ledger: Ledger, kind: MessageKind): string {
  return openGates(ledger).length === 0
    ? `the release ended just now: send \`${kind}\` again`
    : `the release has ended, and its record cannot be kept: mend that, send \`retry\`, then \`${kind}\`; what cannot wait is done by \`slipway yank --direct\``;
}

function refusePerson({ terms, request }: Ledger, kind: MessageKind, by: string): string | undefined {
  if (terms === undefined)
    return by === request.by ? undefined : 'the release is not admitted yet: its terms are being read';
  const decides = isBound(kind) || kind === 'lift' || kind === 'keep';
  if (terms.approvers.includes(by) || (!decides && by === request.by)) return undefined;
  return `${by} is not an approver of this release (${terms.approvers.join(', ')})`;
}

/** How many problems people are asked about at a time: anybody may report one, and nobody reads ten thousand. */
const mostReports = 50;

/** Who comes on watch also answers the question who does. */
function onWatch(ledger: Ledger, message: Named, arrival: Arrival): MessageOutcome {
  const outcome = comeOnWatch(ledger, message, arrival.at);
  const gate = askingGates(ledger).find(({ answers }) => answers.includes('on-watch'));
  if (outcome.counted && gate !== undefined) decide(gate, 'on-watch', message, arrival);
  return outcome;
}

function report(ledger: Ledger, message: Named, at: string): MessageOutcome {
  if (ledger.steps.at(-1)?.state !== 'waiting')
    return no('the watch is over: send `yank` if the release is bad');
  if (ledger.phase !== 'uploading')
    return no('nothing is published yet: reject at the gate, or abort, to stop the release');
  if (ledger.reports.filter(({ answered }) => !answered).length >= mostReports)
    return no(
      `people are asked about ${String(mostReports)} problems already: send it again when they have answered`,
    );
  const { id, by, reason = 'no reason given', link, command } = message;
  ledger.reports.push({
    ...{ message: id, by, at, reason, answered: false },
    ...(link === undefined ? {} : { link }),
    ...(command === undefined ? {} : { command }),
  });
  return yes(
    ledger.stop === undefined
      ? 'the problem is recorded; people are asked to yank or keep'
      : 'the problem is recorded; the release is being yanked already',
  );
}

function stop(ledger: Ledger, kind: 'abort' | 'yank', message: Named, arrival: Arrival): MessageOutcome {
  const { at } = arrival;
  const anew = kind === 'yank' ? yankAgain(ledger, message, at) : undefined;
  if (anew !== undefined) return anew;
  if (ledger.stop !== undefined) return again(ledger, ledger.stop, kind, message, arrival);
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

/** How often people may have the drivers of a yank try again, so that a flood of messages costs nothing. */
const mostTries = 10;

/** A second `yank` has the drivers try again, once they have ended and the index still does not say yanked. */
function again(
  ledger: Ledger,
  stopped: Stop,
  kind: 'abort' | 'yank',
  message: Named,
  arrival: Arrival,
): MessageOutcome {
  const { yank } = ledger;
  const already = `${stopped.by} asked for ${stopped.kind} already`;
  if (kind === 'abort' || stopped.kind === 'abort') return no(already);
  const isProven = yank?.provenAt !== undefined;
  // What kept the drivers from trying at all was put to people, and this is as good an answer.
  const trouble = isProven ? undefined : askingGates(ledger).find(({ id }) => id === 'trouble');
  if (trouble !== undefined) return decide(trouble, 'retry', message, arrival);
  if (yank?.waiting === true) return tryAgain(yank);
  if (isProven) return no(`${already}, and it is yanked`);
  return no(
    `${already}: ${wasSeen(ledger) ? 'the drivers are at it' : 'it is yanked as soon as the index lists it'}`,
  );
}

function tryAgain(yank: YankRecord): MessageOutcome {
  if ((yank.tries ?? 0) >= mostTries)
    return no(`the drivers were tried again ${String(mostTries)} times: yank by hand, as the status says`);
  yank.waiting = false;
  yank.tries = (yank.tries ?? 0) + 1;
  return yes('the drivers try to yank it again');
}
