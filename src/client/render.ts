import { plainLine } from '../contract/plain.js';
import {
  heldLine,
  ownLine,
  progress,
  whomOf,
  type Progress,
  type ProgressGate,
  type ProgressRow,
} from '../contract/progress.js';
import type { Ledger, StepState } from '../contract/state.js';

/** How a screen is drawn. */
export interface Screen {
  /** In columns. */
  readonly width: number;
  readonly colour: boolean;
  readonly now: Date;
  /** How much is shown of what was found: everything, a line for each step (by default), or only of what failed, and of the steps only those that have begun. */
  readonly found?: 'all' | 'least';
}

const marks: Readonly<Record<StepState, string>> = {
  waiting: '·',
  running: '▶',
  passed: '✔',
  failed: '✘',
  skipped: '–',
};

const colours: Readonly<Record<StepState, string>> = {
  waiting: '2',
  running: '36',
  passed: '32',
  failed: '31',
  skipped: '2',
};

/** The first screen of a release: what state, what it waits for, what to type, what deadline; then the twelve steps. */
export function renderStatus(ledger: Ledger, screen: Screen): string {
  const shown = progress(ledger, screen.now.toISOString());
  const { package: name, version } = ledger.request;
  return [
    ...bold(`${name} ${version}: ${shown.headline}`, screen),
    ...(ledger.outcome === undefined ? [] : wrap(ledger.outcome.summary, screen.width, '')),
    ...shown.told.flatMap((line) => line.split('\n').flatMap((part) => wrap(part, screen.width, '', '  '))),
    ...(shown.notice === undefined ? [] : wrap(shown.notice, screen.width, '')),
    ...(shown.gates.length > 0 ? [] : renderRunning(ledger, shown, screen)),
    ...section('taking back', shown.takingBack, screen),
    ...shown.gates.flatMap((gate) => ['', ...renderGate(gate, screen)]),
    ...shown.deadlines.flatMap(({ what, at }) =>
      wrap(`${what} ends ${localTime(at, screen.now)}`, screen.width, '', '  '),
    ),
    '',
    ...renderRows(shown.rows, screen),
    ...section('candidates', shown.candidates, screen),
    ...section('could not be told', shown.untold, screen),
    ...section('messages that did not count', shown.ignored, screen),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What people are asked, with the exact commands for each answer. */
export function renderGate(gate: ProgressGate, screen: Screen): string[] {
  const label = Math.min(24, Math.max(0, ...gate.subject.map((line) => line.label.length)));
  // What is longer than the room beside its label, a digest above all, has a line of its own instead of being cut.
  const line = (name: string, value: string) => {
    const isShort = Math.max(...value.split(' ').map(({ length }) => length)) <= screen.width - label - 4;
    return wrap(
      `${plainLine(name).padEnd(label)}  ${value}`,
      screen.width,
      '  ',
      ' '.repeat(isShort ? label + 2 : 2),
    );
  };
  return [
    ...bold(`waiting for ${whomOf(gate)} since ${localTime(gate.since, screen.now)}`, screen),
    ...gate.asked.map(({ who, at }) => `  ${plainLine(who)} was asked ${localTime(at, screen.now)}`),
    ...gate.held.flatMap((hold) =>
      wrap(heldLine(hold, localTime(hold.until, screen.now)), screen.width, '  ', '  '),
    ),
    ...(gate.own === undefined
      ? []
      : wrap(ownLine(gate.own, localTime(gate.own.from, screen.now)), screen.width, '  ', '  ')),
    ...wrap(gate.consequence, screen.width, '  '),
    ...gate.subject.flatMap(({ label: name, value }) => line(name, value)),
    ...line('digest', `${gate.digest.slice(0, 12)} (${gate.given})`),
    ...(gate.expiresAt === undefined ? [] : line('expires', localTime(gate.expiresAt, screen.now))),
    // Commands are not wrapped: they are there to be copied.
    ...gate.commands.map((command) => `  $ ${plainLine(command)}`),
  ];
}

/** What a release does that waits for nobody, and how to look on. */
function renderRunning({ request }: Ledger, { rows }: Progress, screen: Screen): string[] {
  const row = rows.find(({ state }) => state === 'running');
  if (row?.startedAt === undefined) return [];
  const { package: name, version } = request;
  return [
    ...wrap(
      `at step ${String(row.number)} of 12 since ${localTime(row.startedAt, screen.now)}; it waits for nobody`,
      screen.width,
      '',
    ),
    `  $ slipway log ${plainLine(name)} ${plainLine(version)} --step ${String(row.number)} --follow`,
  ];
}

/** The most findings of a step that are shown where not all are. */
const mostFindings = 4;

function renderRows(rows: readonly ProgressRow[], screen: Screen): string[] {
  const ahead = rows.length - rows.findLastIndex(({ state }) => state !== 'waiting') - 1;
  if (screen.found !== 'least' || ahead < 2) return rows.flatMap((row) => renderRow(row, screen));
  const [first, last] = [rows.length - ahead + 1, rows.length];
  return [
    ...rows.slice(0, -ahead).flatMap((row) => renderRow(row, screen)),
    paint(`${marks.waiting} ${String(first).padStart(2)} to ${String(last)} are still to come`, '2', screen),
  ];
}

function renderRow(row: ProgressRow, screen: Screen): string[] {
  const elapsed =
    row.state === 'running' && row.startedAt !== undefined ? ` (${elapsedSince(row.startedAt, screen)})` : '';
  const head = `${marks[row.state]} ${String(row.number).padStart(2)} ${row.title}${elapsed}`;
  return [paint(head, colours[row.state], screen), ...foundLines(row, screen)];
}

function foundLines({ state, found }: ProgressRow, screen: Screen): string[] {
  const indent = '     ';
  if (found.length === 0) return [];
  if (screen.found === 'all') return found.flatMap((line) => wrap(line, screen.width, indent, '  '));
  if (state !== 'failed')
    return screen.found === 'least' ? [] : [cut(`${indent}${found.join('; ')}`, screen.width)];
  const more = found.length - mostFindings;
  return [
    ...found.slice(0, mostFindings).map((line) => cut(`${indent}${line}`, screen.width)),
    ...(more > 0 ? [`${indent}and ${String(more)} more: --full shows them`] : []),
  ];
}

/** A text as one line that fits. */
function cut(text: string, width: number): string {
  const line = plainLine(text);
  const room = Math.max(width || 80, 20);
  return line.length > room ? `${line.slice(0, room - 1)}…` : line;
}

function elapsedSince(iso: string, { now }: Screen): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(iso)) / 1000));
  const two = (number: number) => String(number % 60).padStart(2, '0');
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  return hours > 0
    ? `${String(hours)}:${two(minutes)}:${two(seconds)}`
    : `${String(minutes)}:${two(seconds)}`;
}

function section(title: string, lines: Progress['candidates'], screen: Screen): string[] {
  return lines.length === 0
    ? []
    : ['', ...bold(title, screen), ...lines.flatMap((line) => wrap(line, screen.width, '  ', '  '))];
}

/** A time as the reader's clock shows it, with what it is from now. */
export function localTime(iso: string, now: Date): string {
  const time = new Date(iso);
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const clock = time.toLocaleString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    day: 'numeric',
    month: 'short',
  });
  return `${clock} (${seconds >= 0 ? `in ${span(seconds)}` : `${span(-seconds)} ago`})`;
}

function span(seconds: number): string {
  if (seconds < 90) return `${String(seconds)} s`;
  if (seconds < 90 * 60) return `${String(Math.round(seconds / 60))} min`;
  const hours = seconds / 3600;
  return hours < 48 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} d`;
}

/** Breaks a text at spaces so that every line fits; what has no space is cut hard. */
export function wrap(text: string, width: number, indent: string, hanging = ''): string[] {
  // A terminal that tells no width, or next to none, is written past its edge.
  const room = Math.max(width || 80, indent.length + hanging.length + 20);
  const lines: string[] = [];
  let line = indent;
  for (const word of plainLine(text).split(/ /)) {
    const next = line.trim() === '' ? `${line}${word}` : `${line} ${word}`;
    if (next.length <= room || line.trim() === '') line = next;
    else {
      lines.push(line);
      line = `${indent}${hanging}${word}`;
    }
    while (line.length > room) {
      lines.push(line.slice(0, room));
      line = `${indent}${hanging}${line.slice(room)}`;
    }
  }
  return [...lines, line];
}

function bold(text: string, screen: Screen): string[] {
  return wrap(text, screen.width, '').map((line) => paint(line, '1', screen));
}

/** Colours a text, where there are colours. */
export function paint(text: string, code: string, screen: Screen): string {
  return screen.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}
