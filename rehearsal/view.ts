import { stripVTControlCharacters } from 'node:util';

import { changesTeller } from '../src/client/changes.js';
import { renderStatus } from '../src/client/render.js';
import type { Ledger } from '../src/contract/state.js';

/**
 * Shows a release while it runs: a picture that is drawn anew in a terminal, a line for each change in a pipe, there
 * with the commands that answer a gate where `commands` asks for them.
 */
export function liveView(stream: NodeJS.WriteStream, commands: boolean): (ledger: Ledger) => void {
  return stream.isTTY ? pictures(stream) : lines(stream, commands);
}

function pictures(stream: NodeJS.WriteStream): (ledger: Ledger) => void {
  let height = 0;
  let shown = '';
  return (ledger) => {
    const screen = { width: stream.columns, colour: process.env.NO_COLOR === undefined, now: new Date() };
    const picture = fitting(renderStatus(ledger, screen), stream);
    if (picture.text === shown) return;
    shown = picture.text;
    const up = height > 0 ? `\u001b[${String(height)}A\u001b[J` : '';
    stream.write(`${up}${shown}\n`);
    height = picture.height;
  };
}

/** As much of a text as a terminal has room for, and how many of its rows it takes: a command is longer than a row. */
function fitting(text: string, { rows, columns }: NodeJS.WriteStream): { text: string; height: number } {
  const room = Math.max(10, rows - 1);
  const lines: string[] = [];
  let height = 0;
  for (const line of text.split('\n')) {
    const more = Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
    if (height + more > room) break;
    lines.push(line);
    height += more;
  }
  return { text: lines.join('\n'), height };
}

function lines(stream: NodeJS.WriteStream, commands: boolean): (ledger: Ledger) => void {
  const changes = changesTeller(commands);
  return (ledger) => {
    for (const text of changes(ledger)) stream.write(`${text}\n`);
  };
}
