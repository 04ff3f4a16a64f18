import { deadlines, type Deadline } from './deadlines.js';
import { short } from './digest.js';
import { namesOf, type Gate } from './gates.js';
import { plainLine } from './plain.js';
import {
  isToAnswer,
  openGates,
  type Ledger,
  type StepRecord,
  type StepState,
  type Stop,
  type YankRecord,
} from './state.js';
import { describeStep, stepNumber } from './steps.js';
import type { MessageKind } from './messages.js';
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
  /** Who may answer. */
  readonly who: string;
  /** Who was asked by name, and when, where no answer may take long. */
  readonly asked: readonly Call[];
  readonly commands: readonly string[];
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
  /** Messages that did not count, newest last. */
  readonly ignored: readonly string[];
  readonly notice?: string;
}

/** The state of a release in one word or two. */
export function headline(ledger: Ledger): string {
  if (ledger.outcome !== undefined) return ledger.outcome.outcome;
  if (ledger.phase === 'closed') return 'refused';
  if (ledger.stop !== undefined) return stopping(ledger.stop, ledger.yank);
  if (openGates(ledger).length > 0) return 'waiting for people';
  if (ledger.watch !== undefined) return 'watching';
  return 'running';
}

function stopping({ kind }: Stop, yank: YankRecord | undefined): string {
  if (kind === 'abort') return 'abandoning';
  if (yank !== undefined && isUndone(yank)) return 'un-yanking';
  return yank?.provenAt === undefined ? 'yanking' : 'yanked, concluding';
}

/** What a release shows of itself at a moment (ISO 8601): the one function behind the client's status and the Web UI's details. */
export function progress(ledger: Ledger, now: string): Progress {
  const goesOn = ledger.outcome === undefined && ledger.stop === undefined;
  return {
    headline: headline(ledger),
    gates: shownGates(ledger),
    rows: ledger.steps.map((record) => showStep(record)),
    candidates: ledger.candidates.map((candidate) => {
      const name = candidate.version ?? short(candidate.base);
      const state = candidate.passed === undefined ? 'in work' : candidate.passed ? 'passed' : 'not passed';
      const cause = candidate.findings.map((finding) => finding.title).join('; ');
      const fix = candidate.fix === undefined ? '' : `; fixed: ${candidate.fix}`;
      return `${name}: ${state}${cause === '' ? '' : ` — ${cause}`}${fix}`;
    }),
    takingBack: takingBackLines(ledger),
    ignored: ledger.messages
      .filter((message) => !message.counted)
      .slice(-3)
      .map((message) => `${message.kind} from ${message.by}: ${message.why}`),
    deadlines: goesOn ? deadlines(ledger, now) : [],
    ...(ledger.notice === undefined ? {} : { notice: ledger.notice }),
  };
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
    found:
      record.findings.length > 0
        ? record.findings.map((finding) => finding.title)
        : record.evidence.map((item) => item.what),
  };
}

function showGate(ledger: Ledger, gate: Gate): ProgressGate {
  return {
    id: gate.id,
    digest: gate.digest,
    consequence: gate.consequence,
    since: gate.openedAt,
    subject: gate.subject,
    given: gate.answers.includes('approve')
      ? [`${String(gate.decisions.length)} of ${String(gate.quorum)}`, namesOf(gate.decisions)]
          .join(' ')
          .trim()
      : 'one answer needed',
    who: whoMayAnswer(ledger, gate),
    asked: gate.calls ?? [],
    commands: commandsFor(ledger, gate),
  };
}

function whoMayAnswer(ledger: Ledger, gate: Gate): string {
  const { terms, request } = ledger;
  const approvers = terms?.approvers ?? [request.by];
  return approvers.filter((person) => isToAnswer(ledger, gate, person)).join(', ');
}

function commandsFor(ledger: Ledger, gate: Gate): string[] {
  const { package: name, version } = ledger.request;
  const stop: MessageKind = ledger.phase === 'uploading' ? 'yank' : 'abort';
  const stoppable = ledger.stop === undefined && !gate.answers.includes(stop) ? [stop] : [];
  return [...gate.answers, ...stoppable].map((kind) => {
    const bound =
      kind === 'approve' || kind === 'reject'
        ? ` --gate ${gate.id} --digest ${short(gate.digest)}`
        : takers(ledger, kind) > 1
          ? ` --digest ${short(gate.digest)}`
          : '';
    const reason = kind === 'approve' || kind === 'on-watch' ? '' : ' --reason "…"';
    return `slipway ${kind} ${name} ${version}${bound}${reason}`;
  });
}

/** How many open gates take an answer of a kind: where there are several, it says which it is for. */
function takers(ledger: Ledger, kind: MessageKind): number {
  return openGates(ledger).filter(({ answers }) => answers.includes(kind)).length;
}

const marks: Readonly<Record<StepState, string>> = {
  waiting: '·',
  running: '▶ running',
  passed: '✔ passed',
  failed: '✘ failed',
  skipped: '– skipped',
};

/** The most characters of one text from outside, and the most lines of a list: the Web UI takes 20 kB in all. */
const longest = 160;
const mostSubjectLines = 10;
const mostCandidates = 5;
const mostDeadlines = 4;

/** The progress as Markdown with tables for the Web UI's details; what is left out, the client's status shows. */
export function progressMarkdown(ledger: Ledger, now: string): string {
  const shown = progress(ledger, now);
  const { package: name, version } = ledger.request;
  const earlier = Math.max(0, shown.candidates.length - mostCandidates);
  return [
    `**${inert(name)} ${inert(version)}: ${shown.headline}**${shown.notice === undefined ? '' : ` — ${inert(shown.notice)}`}`,
    ...(shown.deadlines.length === 0
      ? []
      : [
          bullets(
            shown.deadlines.slice(0, mostDeadlines).map(({ what, at }) => `${inert(what)} ends at ${at}`),
          ),
        ]),
    ...(shown.takingBack.length === 0
      ? []
      : ['**Taking back**', bullets(shown.takingBack.slice(-mostSubjectLines).map(inert))]),
    ...shown.gates.flatMap((gate) => gateMarkdown(gate)),
    [
      '| # | Step | State | Found |',
      '|---|---|---|---|',
      ...shown.rows.map(
        (row) =>
          `| ${String(row.number)} | ${row.title} | ${marks[row.state]} | ${inert(row.found.join('; '))} |`,
      ),
    ].join('\n'),
    ...(shown.candidates.length === 0
      ? []
      : [
          '**Candidates**',
          bullets([...more(earlier, 'earlier'), ...shown.candidates.slice(earlier).map(inert)]),
        ]),
    ...(shown.ignored.length === 0
      ? []
      : ['**Messages that did not count**', bullets(shown.ignored.map(inert))]),
  ].join('\n\n');
}

function gateMarkdown(gate: ProgressGate): string[] {
  const subject = gate.subject.map((line) => inert(`${line.label}: ${line.value}`));
  return [
    `**Waiting for ${inert(gate.asked.at(-1)?.who ?? gate.who)}** since ${gate.since}: ${inert(gate.consequence)} Given: ${inert(gate.given)}.`,
    bullets([
      ...subject.slice(0, mostSubjectLines),
      ...more(subject.length - mostSubjectLines, 'more, which `slipway status` shows'),
    ]),
    `Answer with one of these, or send the signal from here with gate \`${gate.id}\` and digest \`${short(gate.digest)}\`:`,
    bullets(gate.commands.map((command) => `\`${plainLine(command).replaceAll('`', "'")}\``)),
  ];
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`${String(count)} ${what}`] : [];
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** Text from outside, so that it cannot be markup, cannot break a table and cannot flood the page. */
function inert(text: string): string {
  return plainLine(text.length > longest ? `${text.slice(0, longest)}…` : text)
    .trim()
    .replace(/[\\`*_~<>[\]|&#]/g, '\\$&')
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)(?=[.)](\s|$))/, '$1\\');
}
