import { stripVTControlCharacters } from 'node:util';

/** A screen that a terminal lends: what stood there before comes back when it ends. */
export interface LivePicture {
  /** Draws one text over another, as much of it as there is room for. */
  draw(text: string): void;
  /** How many rows and columns there are now. */
  size(): { readonly rows: number; readonly columns: number };
  /** Gives the terminal back. */
  end(): void;
}

const escape = '\u001b[';
/** Another screen without a cursor, and back. */
const begin = `${escape}?1049h${escape}?25l`;
const end = `${escape}?25h${escape}?1049l`;
const home = `${escape}H`;
const clearLine = `${escape}K`;
const clearBelow = `${escape}J`;

/** Borrows a terminal; `redraw` is called when its size has changed. */
export function openLivePicture(terminal: NodeJS.WriteStream, redraw: () => void): LivePicture {
  let last = '';
  let open = true;
  const resized = () => {
    last = '';
    redraw();
  };
  const give = () => {
    if (open) terminal.write(end);
    open = false;
    terminal.off('resize', resized);
    process.off('exit', give);
  };
  terminal.write(begin);
  terminal.on('resize', resized);
  // However this process ends, but for a kill, the terminal is as it was.
  process.on('exit', give);
  return {
    draw(text) {
      const frame = fitting(text, terminal);
      if (frame === last || !open) return;
      last = frame;
      // One write and no clearing before it: nothing flickers.
      terminal.write(`${home}${frame.replaceAll('\n', `${clearLine}\n`)}${clearLine}${clearBelow}`);
    },
    size: () => ({ rows: terminal.rows, columns: terminal.columns }),
    end: give,
  };
}

/** How many rows of a terminal a text takes: a command is longer than a row, and is not broken. */
export function rowsOf(text: string, columns: number): number {
  return text
    .split('\n')
    .reduce(
      (rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)),
      0,
    );
}

/** As many lines as there is room for, and how many there are more. */
function fitting(text: string, { rows, columns }: Pick<NodeJS.WriteStream, 'rows' | 'columns'>): string {
  const lines = text.split('\n');
  if (rowsOf(text, columns) <= rows) return text;
  let shown = 0;
  for (let taken = 0; shown < lines.length; shown += 1) {
    taken += rowsOf(lines[shown] ?? '', columns);
    if (taken > rows - 1) break;
  }
  return [...lines.slice(0, shown), `… ${String(lines.length - shown)} more lines`].join('\n');
}
