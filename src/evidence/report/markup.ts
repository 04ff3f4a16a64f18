import type { TimelineMark } from '../schema.js';

/** Text inside HTML or SVG, and inside their attributes; what is not seen or turns the direction of reading is left out. */
export function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}]+/gu, '')
    .replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** A stretch of time as people say it: 0.4 s, 95 s as 1 min 35 s, 12 h. */
export function inWords(seconds: number): string {
  if (seconds < 10) return `${String(Math.round(seconds * 10) / 10)} s`;
  if (seconds < 60) return `${String(Math.round(seconds))} s`;
  const [large, small, size] =
    seconds < 3600
      ? (['min', 's', 60] as const)
      : seconds < 86_400
        ? (['h', 'min', 60] as const)
        : (['d', 'h', 24] as const);
  const inSmall = Math.round(seconds / (small === 's' ? 1 : small === 'min' ? 60 : 3600));
  const rest = inSmall % size;
  return `${String(Math.floor(inSmall / size))} ${large}${rest === 0 ? '' : ` ${String(rest)} ${small}`}`;
}

/** A moment as people read it, in UTC. */
export function moment(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}`;
}

/** Something on the timeline with what came of it. */
export function inFull({ text, state }: Pick<TimelineMark, 'text' | 'state'>): string {
  return state === undefined ? text : `${text} (${state})`;
}
