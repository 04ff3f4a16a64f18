import { escaped } from './markup.js';
import type { EvidenceLine } from '../schema.js';

/** What stands in a cell: a text, or HTML that is right already. */
export type Cell = string | { readonly html: string };
/** A name and its value. */
export type Row = readonly [string, Cell];

/** A part of the page under its heading. */
export function section(title: string, parts: readonly string[]): string[] {
  return [`<section><h2>${title}</h2>`, ...parts, '</section>'];
}

/** A row of a list; none where there is no value. */
export function row(
  name: string,
  value: string | undefined,
  shown: (value: string) => Cell = (text) => text,
): Row[] {
  return value === undefined ? [] : [[name, shown(value)]];
}

/** Names and their values. */
export function list(rows: readonly Row[]): string {
  return `<dl>${rows.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${html(value)}</dd></div>`).join('')}</dl>`;
}

/** A table, whose cells stand below one another on a narrow screen. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map(
    (cell) =>
      `<tr>${cell.map((value, index) => `<td data-label="${head[index] ?? ''}">${html(value)}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead><tbody>${cells.join('')}</tbody></table>`;
}

/** A cell as HTML. */
export function html(value: Cell): string {
  return typeof value === 'string' ? escaped(value) : value.html;
}

/** A text that a machine reads. */
export function code(text: string): Cell {
  return { html: `<code>${escaped(text)}</code>` };
}

/** A number whose digits stand below one another. */
export function number(value: number): Cell {
  return { html: `<span class="number">${String(value)}</span>` };
}

/** A line of what was found, with where the whole of it is kept. */
export function line({ text, keptAs }: EvidenceLine): Cell {
  if (keptAs === undefined) return text;
  return {
    html: `${escaped(text)} <span class="kept" title="kept as ${keptAs}">${keptAs.slice(0, 12)}</span>`,
  };
}

/** A part of something in numbers and in percent, rounded down. */
export function share(covered: number, all: number): string {
  if (all === 0) return 'none there';
  const percent = Math.floor((covered * 10_000) / all) / 100;
  return `${String(covered)} of ${String(all)} (${String(percent)} %)`;
}

/** A size as people say it. */
export function bytes(size: number): string {
  return size < 10_000 ? `${String(size)} B` : `${(size / 1000).toFixed(1)} kB`;
}
