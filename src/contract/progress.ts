import { deadlines, type Deadline } from './deadlines.js';
import { short } from './digest.js';
import { namesOf, standingHolds, type Gate, type Hold } from './gates.js';
import { demandsSignature } from './signing.js';
import { rerunLines } from './reruns.js';
import {
  candidateState,
  stillToAnswer,
  openGates,
  type Ledger,
  type StepRecord,
  type StepState,
  type Stop,
  type YankRecord,
} from './state.js';
import { describeStep, stepNumber } from './steps.js';
import { ownApprovalFrom } from './self-approval.js';
import { troubleLines } from './trouble.js';
import { isBound, type MessageKind } from './messages.js';
import type { Call } from './roster.js';
import { isUndone, takingBackLines } from './yanking.js';

/** One row of the table of the twelve steps. */
export interface ProgressRow {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly state: StepState;
  /** The evidence or findings, a line each. */
  readonly found: readonly string[];
  /** When it began (ISO 8601), if it has. */
  readonly startedAt?: string;
}

/** A gate as people meet it. */
export interface ProgressGate {
  readonly id: string;
  readonly digest: string;
  readonly consequence: string;
  readonly since: string;
  readonly subject: readonly { readonly label: string; readonly value: string }[];
  /** Who has said yes, and how many are needed. */
  readonly given: string;
  /** Whom it waits for: who may answer and has not yet. */
  readonly who: string;
  /** Who started the release and may approve it too, and from when on, with the version typed again. */
  readonly own?: { readonly by: string; readonly from: string };
  /** How many of them have to say yes, where people approve. */
  readonly needed?: number;
  /** Who was asked by name, and when, where no answer may take long. */
  readonly asked: readonly Call[];
  /** When its approvals fall, and it is asked anew. */
  readonly expiresAt?: string;
  /** Who keeps it from being closed by approvals. */
  readonly held: readonly Pick<Hold, 'by' | 'reason' | 'until'>[];
  readonly commands: readonly string[];
  /** Whether an approval counts only if it is signed. */
  readonly signed: boolean;
}

/** What the client and the Web UI show of a release. */
export interface Progress {
  readonly headline: string;
  readonly gates: readonly ProgressGate[];
  /** What ends by itself, soonest first. */
  readonly deadlines: readonly Deadline[];
  readonly rows: readonly ProgressRow[];
  /** One line for each candidate with its cause and fix. */
  readonly candidates: readonly string[];
  /** What became of it on its index and on main where it is taken back, a line for each fact. */
  readonly takingBack: readonly string[];
  /** Whom channels could not reach, a line for each channel. */
  readonly untold: readonly string[];
  /** Messages that did not count, newest last. */
  readonly ignored: readonly string[];
  readonly notice?: string;
  /** What is true of one that was refused or has ended, what is not, and what to do, a line each. */
  readonly told: readonly string[];
}

/** The state of a release in one word or two. */
export function headline(ledger: Ledger): string {
  if (ledger.outcome !== undefined) return ledger.outcome.outcome;
  if (ledger.phase === 'closed') return 'refused';
  if (ledger.stop !== undefined) return stopping(ledger.stop, ledger.yank);
  const open = openGates(ledger);
  const holders = open.flatMap((gate) => standingHolds(gate).map(({ by }) => by));
  if (holders.length > 0) return `held by ${[...new Set(holders)].join(', ')}`;
  if (open.length > 0) return 'waiting for people';
  if (ledger.watch !== undefined) return 'watching';
  return isInLine(ledger) ? 'waiting in line' : 'running';
}

/** Before its first step a release does nothing that it would tell, but wait behind another one. */
function isInLine({ notice, steps }: Ledger): boolean {
  return notice !== undefined && steps.every(({ state }) => state === 'waiting');
}

function stopping({ kind }: Stop, yank: YankRecord | undefined): string {
  if (kind === 'abort') return 'abandoning';
  if (yank !== undefined && isUndone(yank)) return 'un-yanking';
  return yank?.provenAt === undefined ? 'yanking' : 'yanked, concluding';
}

/** What a release shows of itself at a moment (ISO 8601): the one function behind the client's status and the Web UI's details. */
export function progress(ledger: Ledger, now: string): Progress {
  const goesOn = ledger.outcome === undefined && ledger.stop === undefined;
  const told = ledger.outcome?.told ?? ledger.refusal;
  return {
    headline: headline(ledger),
    gates: shownGates(ledger),
    rows: ledger.steps.map((record) => showStep(record)),
    candidates: ledger.candidates.map((candidate) => {
      const name = candidate.version ?? short(candidate.base);
      const state = candidateState(candidate, ledger.stop !== undefined);
      const cause = candidate.findings.map((finding) => finding.title).join('; ');
      const fix = candidate.fix === undefined ? '' : `; fixed: ${candidate.fix}`;
      const reruns = rerunLines(candidate, ledger.terms).map((line) => `; ${line}`);
      return `${name}: ${state}${cause === '' ? '' : ` — ${cause}`}${reruns.join('')}${fix}`;
    }),
    takingBack: takingBackLines(ledger),
    untold: (ledger.untold ?? []).map(
      ({ channel, to, at, why }) =>
        `${to.length === 0 ? 'the thread' : to.join(', ')} by ${channel} at ${at}: ${why}`,
    ),
    ignored: ignoredLines(ledger),
    told: told === undefined ? [] : troubleLines(told),
    deadlines: goesOn ? deadlines(ledger, now) : [],
    ...(ledger.notice === undefined ? {} : { notice: ledger.notice }),
  };
}

function ignoredLines({ messages, forgotten }: Ledger): string[] {
  const ignored = messages.filter(({ counted }) => !counted);
  const shown = ignored.slice(-3).map(({ kind, by, why }) => `${kind} from ${by}: ${why}`);
  // Who is flooded with messages is to see it.
  return forgotten === undefined || forgotten.messages === 0
    ? shown
    : [`${String(forgotten.messages)} older messages are only in the history of the run`, ...shown];
}

/** The gates that wait for people, as people meet them. */
export function shownGates(ledger: Ledger): ProgressGate[] {
  return openGates(ledger).map((gate) => showGate(ledger, gate));
}

function showStep(record: StepRecord): ProgressRow {
  return {
    number: stepNumber(record.id),
    id: record.id,
    title: describeStep(record.id).title,
    state: record.state,
    ...(record.startedAt === undefined ? {} : { startedAt: record.startedAt }),
    found:
      record.findings.length > 0
        ? record.findings.map((finding) => finding.title)
        : record.evidence.map((item) => item.what),
  };
}

function showGate(ledger: Ledger, gate: Gate): ProgressGate {
  const signed = demandsSignature(ledger, gate.id);
  return {
    id: gate.id,
    digest: gate.digest,
    consequence: gate.consequence,
    since: gate.openedAt,
    subject: gate.subject,
    given: gate.answers.includes('approve')
      ? [
          `${String(gate.decisions.length)} of ${String(gate.quorum)}${signed ? ' signed' : ''}`,
          namesOf(gate.decisions),
        ]
          .join(' ')
          .trim()
      : 'one answer needed',
    who: stillToAnswer(ledger, gate).join(', '),
    ...(gate.answers.includes('approve') ? { needed: Math.max(0, gate.quorum - gate.decisions.length) } : {}),
    ...ownApproval(ledger, gate),
    ...(gate.expiresAt === undefined ? {} : { expiresAt: gate.expiresAt }),
    asked: gate.calls ?? [],
    held: standingHolds(gate).map(({ by, reason, until }) => ({ by, reason, until })),
    commands: commandsFor(ledger, gate),
    signed,
  };
}

function ownApproval(ledger: Ledger, gate: Gate): Pick<ProgressGate, 'own'> {
  const { by } = ledger.request;
  const from = ownApprovalFrom(ledger, gate);
  const isAsked = gate.answers.includes('approve') && ledger.terms?.approvers.includes(by) === true;
  return from === undefined || !isAsked ? {} : { own: { by, from } };
}

/** On what conditions whoever started a release approves it. */
export function ownLine({ by }: NonNullable<ProgressGate['own']>, from: string): string {
  return `${by} started it: an approval by ${by} counts from ${from} on, with the version typed again`;
}

/** Whom a gate waits for, as a phrase: how many of whom, where more than one may answer and not all have to. */
export function whomOf({ who, needed }: Pick<ProgressGate, 'who' | 'needed'>): string {
  const people = who.split(', ').length;
  return needed === undefined || needed === 0 || people <= needed ? who : `${String(needed)} of ${who}`;
}

/** What is typed to answer a gate, a command for each answer. */
export function commandsFor(ledger: Ledger, gate: Gate): string[] {
  const { package: name, version } = ledger.request;
  const stop: MessageKind = ledger.phase === 'uploading' ? 'yank' : 'abort';
  const stoppable = ledger.stop === undefined && !gate.answers.includes(stop) ? [stop] : [];
  const lift: MessageKind[] = standingHolds(gate).length > 0 ? ['lift'] : [];
  return [...gate.answers, ...lift, ...stoppable].map((kind) => {
    const reason = wantsNoReason.includes(kind) ? '' : ' --reason "…"';
    return `slipway ${kind} ${name} ${version}${bindingOf(ledger, gate, kind)}${reason}`;
  });
}

const wantsNoReason: readonly MessageKind[] = ['approve', 'lift', 'on-watch'];

/** The options by which an answer says what it is for. */
function bindingOf(ledger: Ledger, gate: Gate, kind: MessageKind): string {
  if (isBound(kind)) return ` --gate ${gate.id} --digest ${short(gate.digest)}`;
  if (kind === 'lift') return ` --gate ${gate.id}`;
  return takers(ledger, kind) > 1 ? ` --digest ${short(gate.digest)}` : '';
}

/** How many open gates take an answer of a kind: where there are several, it says which it is for. */
function takers(ledger: Ledger, kind: MessageKind): number {
  return openGates(ledger).filter(({ answers }) => answers.includes(kind)).length;
}

/** Who holds a gate and why, with the end of it as the reader's clock says it. */
export function heldLine({ by, reason }: ProgressGate['held'][number], until: string): string {
  return `held by ${by} until ${until}, and no approvals close it before: ${reason}`;
}
