import { plainLine } from '../contract/plain.js';
import { progress, type Progress, type ProgressGate, type ProgressRow } from '../contract/progress.js';
import type { Ledger, StepState } from '../contract/state.js';

/** How a screen is drawn. */
export interface Screen {
  /** In columns. */
  readonly width: number;
  readonly colour: boolean;
  readonly now: Date;
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
    ...(shown.notice === undefined ? [] : wrap(shown.notice, screen.width, '')),
    ...shown.deadlines.flatMap(({ what, at }) =>
      wrap(`${what} ends ${localTime(at, screen.now)}`, screen.width, '', '  '),
    ),
    ...section('taking back', shown.takingBack, screen),
    ...shown.gates.flatMap((gate) => ['', ...renderGate(gate, screen)]),
    '',
    ...shown.rows.flatMap((row) => renderRow(row, screen)),
    ...section('candidates', shown.candidates, screen),
    ...section('messages that did not count', shown.ignored, screen),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What people are asked, with the exact commands for each answer. */
export function renderGate(gate: ProgressGate, screen: Screen): string[] {
  const label = Math.min(24, Math.max(0, ...gate.subject.map((line) => line.label.length)));
  const line = (name: string, value: string) =>
    wrap(`${plainLine(name).padEnd(label)}  ${value}`, screen.width, '  ', ' '.repeat(label + 2));
  return [
    ...bold(`waiting for ${gate.who} since ${localTime(gate.since, screen.now)}`, screen),
    ...gate.asked.map(({ who, at }) => `  ${plainLine(who)} was asked ${localTime(at, screen.now)}`),
    ...wrap(gate.consequence, screen.width, '  '),
    ...gate.subject.flatMap(({ label: name, value }) => line(name, value)),
    ...line('digest', `${gate.digest.slice(0, 12)} (${gate.given})`),
    // Commands are not wrapped: they are there to be copied.
    ...gate.commands.map((command) => `  $ ${plainLine(command)}`),
  ];
}

function renderRow(row: ProgressRow, screen: Screen): string[] {
  const head = `${marks[row.state]} ${String(row.number).padStart(2)} ${row.title}`;
  const painted = paint(head, colours[row.state], screen);
  const found = row.found.join('; ');
  return found === '' ? [painted] : [painted, ...wrap(found, screen.width, '     ').slice(0, 4)];
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
  return `${(seconds / 3600).toFixed(1)} h`;
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

function paint(text: string, code: string, screen: Screen): string {
  return screen.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}
