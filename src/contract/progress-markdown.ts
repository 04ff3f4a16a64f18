import { short } from './digest.js';
import { plainLine } from './plain.js';
import { heldLine, ownLine, progress, whomOf, type ProgressGate } from './progress.js';
import type { Ledger, StepState } from './state.js';

const marks: Readonly<Record<StepState, string>> = {
  waiting: '·',
  running: '▶ running',
  passed: '✔ passed',
  failed: '✘ failed',
  skipped: '– skipped',
};

/** The most characters of one text from outside, and the most lines of a list: the Web UI takes 20 kB in all. */
const longest = 160;
const mostSubjectLines = 12;
const mostCandidates = 5;
const mostDeadlines = 4;

/** The progress as Markdown with tables for the Web UI's details; what is left out, the client's status shows. */
export function progressMarkdown(ledger: Ledger, now: string): string {
  const shown = progress(ledger, now);
  const { package: name, version } = ledger.request;
  const earlier = Math.max(0, shown.candidates.length - mostCandidates);
  return [
    `**${inert(name)} ${inert(version)}: ${shown.headline}**${shown.notice === undefined ? '' : ` — ${inert(shown.notice)}`}`,
    ...(shown.told.length === 0 ? [] : [bullets(shown.told.flatMap((line) => line.split('\n')).map(inert))]),
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
    ...(shown.untold.length === 0
      ? []
      : ['**Could not be told**', bullets(shown.untold.slice(-mostSubjectLines).map(inert))]),
    ...(shown.ignored.length === 0
      ? []
      : ['**Messages that did not count**', bullets(shown.ignored.map(inert))]),
  ].join('\n\n');
}

function gateMarkdown(gate: ProgressGate): string[] {
  const subject = gate.subject.map((line) => inert(`${line.label}: ${line.value}`));
  return [
    `**Waiting for ${inert(gate.asked.at(-1)?.who ?? whomOf(gate))}** since ${gate.since}: ${inert(gate.consequence)} Given: ${inert(gate.given)}.${gate.expiresAt === undefined ? '' : ` Expires at ${gate.expiresAt}.`}`,
    ...(gate.own === undefined ? [] : [bullets([inert(ownLine(gate.own, gate.own.from))])]),
    ...(gate.held.length === 0 ? [] : [bullets(gate.held.map((hold) => inert(heldLine(hold, hold.until))))]),
    bullets([
      ...subject.slice(0, mostSubjectLines),
      ...more(subject.length - mostSubjectLines, 'more, which `slipway status` shows'),
    ]),
    `Answer with one of these, or send the signal from here with gate \`${gate.id}\` and digest \`${short(gate.digest)}\`${gate.signed ? '; an approval counts only if it is signed, which no signal from here is' : ''}:`,
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
