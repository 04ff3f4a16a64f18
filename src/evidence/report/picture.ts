import { escaped, inFull, inWords, moment } from './markup.js';
import type { ReleaseEvidence, TimelineMark } from '../schema.js';
import { secondsBetween } from '../times.js';

const size = { width: 1060, label: 330, right: 90, row: 24, bar: 14, head: 26, foot: 46, most: 24 };
const plot = size.width - size.label - size.right;
/** The least room between two times on the axis, in the picture's units. */
const tickRoom = 86;

/** The timeline as a picture: a row for each candidate, step and question, on one axis of time. */
export function pictureOf(evidence: ReleaseEvidence): string {
  const { asOf, timeline } = evidence;
  const rows = rowsOf(timeline);
  const x = scaleOf(evidence, rows);
  const bottom = size.head + rows.length * size.row;
  const height = bottom + size.foot;
  const moments = timeline.filter(({ kind }) => momentKinds.includes(kind));
  return [
    `<svg viewBox="0 0 ${String(size.width)} ${String(height)}" role="img" aria-labelledby="picture-title picture-text">`,
    `<title id="picture-title">Timeline of ${escaped(`${evidence.package} ${evidence.version}`)}</title>`,
    `<desc id="picture-text">${escaped(inText(timeline))}</desc>`,
    ...ticksOf(evidence, rows, x).map((time) => tick(time, x(time), bottom)),
    ...rows.map((row, index) => bar(row, size.head + index * size.row, x, asOf)),
    ...deadlineLines(evidence, x, bottom),
    ...moments.map((mark) => momentLine(mark, x(mark.at), bottom)),
    '</svg>',
  ].join('\n');
}

const momentKinds: readonly TimelineMark['kind'][] = ['visible', 'report'];
const rowKinds: readonly TimelineMark['kind'][] = [
  'candidate',
  'step',
  'question',
  'watch',
  'yank',
  'un-yank',
];

function rowsOf(timeline: readonly TimelineMark[]): TimelineMark[] {
  const rows = timeline.filter(({ kind }) => rowKinds.includes(kind));
  if (rows.length <= size.most) return rows;
  // Of a long release the steps and the last of the rest are drawn; the table below holds all of it.
  const rest = rows.filter(({ kind }) => kind !== 'step').slice(-(size.most - 12));
  return rows.filter((row) => row.kind === 'step' || rest.includes(row));
}

/**
 * Where a moment lies. Seconds and half a day stand side by side, so the axis is drawn short where little happens: every
 * stretch between two events takes room by the logarithm of its length.
 */
function scaleOf(
  { asOf, deadlines }: ReleaseEvidence,
  rows: readonly TimelineMark[],
): (time: string) => number {
  const times = [
    ...new Set([
      ...rows.flatMap(({ at, until = asOf }) => [at, until]),
      ...deadlines.map(({ at }) => at),
      asOf,
    ]),
  ].sort();
  const weights = times.map((time, index) => Math.log1p(secondsBetween(times[index - 1] ?? time, time)));
  const whole = weights.reduce((all, one) => all + one, 0) || 1;
  let sum = 0;
  const places = times.map((time, index) => {
    sum += weights[index] ?? 0;
    return { time, at: size.label + (sum / whole) * plot };
  });
  return (time) => between(places, time);
}

function between(places: readonly { time: string; at: number }[], time: string): number {
  const next = places.findIndex((place) => place.time >= time);
  const [after, before] = [places[next], places[next - 1]];
  if (after === undefined) return size.label + plot;
  if (before === undefined || after.time === time) return after.at;
  const part = secondsBetween(before.time, time) / secondsBetween(before.time, after.time);
  return before.at + part * (after.at - before.at);
}

/** Times for the axis: beginnings of rows, as far as there is room. */
function ticksOf(
  { asOf }: ReleaseEvidence,
  rows: readonly TimelineMark[],
  x: (time: string) => number,
): string[] {
  const ticks: string[] = [];
  for (const time of [...rows.map(({ at }) => at), asOf].sort()) {
    const last = ticks.at(-1);
    if (last === undefined || x(time) - x(last) >= tickRoom) ticks.push(time);
  }
  return ticks;
}

function tick(time: string, x: number, bottom: number): string {
  const [day, clock] = moment(time).split(' ');
  const label = (text: string | undefined, y: number) =>
    `<text class="axis" x="${at(x)}" y="${String(y)}" text-anchor="middle">${text ?? ''}</text>`;
  return `<line class="grid" x1="${at(x)}" y1="${String(size.head - 6)}" x2="${at(x)}" y2="${String(bottom)}"/>${label(clock, bottom + 16)}${label(day, bottom + 31)}`;
}

function bar(mark: TimelineMark, y: number, x: (time: string) => number, asOf: string): string {
  const { kind, at: from, until, text } = mark;
  const [left, right] = [x(from), x(until ?? asOf)];
  const width = Math.max(3, right - left);
  const middle = y + size.row / 2 + 4;
  const took = `${inWords(secondsBetween(from, until ?? asOf))}${until === undefined ? ' so far' : ''}`;
  return [
    `<g><title>${escaped(`${inFull(mark)}, ${took}`)}</title>`,
    `<text class="label" x="${String(size.label - 12)}" y="${String(middle)}" text-anchor="end">${escaped(cut(text))}</text>`,
    `<rect class="${classOf(mark)}${until === undefined ? ' open' : ''}" data-kind="${kind}" x="${at(left)}" y="${String(y + (size.row - size.bar) / 2)}" width="${at(width)}" height="${String(size.bar)}" rx="3"/>`,
    `<text class="took" x="${at(left + width + 6)}" y="${String(middle)}">${took}</text></g>`,
  ].join('');
}

function classOf({ kind, state }: TimelineMark): string {
  return `bar ${state === 'failed' || state === 'not passed' ? 'failed' : kind}`;
}

function deadlineLines(
  { deadlines }: ReleaseEvidence,
  x: (time: string) => number,
  bottom: number,
): string[] {
  return deadlines.map(
    ({ text, at: time }) =>
      `<line class="deadline" x1="${at(x(time))}" y1="${String(size.head - 6)}" x2="${at(x(time))}" y2="${String(bottom)}"><title>${escaped(`${text} ends ${moment(time)}`)}</title></line>`,
  );
}

function momentLine({ kind, text, at: time }: TimelineMark, x: number, bottom: number): string {
  const word = kind === 'report' ? 'problem' : 'published';
  return [
    `<g><title>${escaped(`${text}, ${moment(time)}`)}</title><line class="moment ${kind}" x1="${at(x)}" y1="${String(size.head - 6)}" x2="${at(x)}" y2="${String(bottom)}"/>`,
    `<text class="word ${kind}" x="${at(x)}" y="14" text-anchor="middle">${word}</text></g>`,
  ].join('');
}

function at(x: number): string {
  return x.toFixed(1);
}

function cut(text: string): string {
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}

/** The picture for who does not see it. */
function inText(timeline: readonly TimelineMark[]): string {
  return timeline
    .map((mark) => {
      const { at: from, until } = mark;
      const took = until === undefined ? '' : `, for ${inWords(secondsBetween(from, until))}`;
      return `${moment(from)} ${inFull(mark)}${took}.`;
    })
    .join(' ');
}
