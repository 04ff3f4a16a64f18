import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { liveView } from '../../rehearsal/view.js';
import { exampleGate, exampleLedger } from '../contract/example-release.js';

/** A terminal that keeps what was written to it. */
function terminal(columns: number, rows: number) {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const stream = { isTTY: true, columns, rows, write } as unknown as NodeJS.WriteStream;
  return { stream, written };
}

/** How many rows of the terminal a picture takes. */
const rowsOf = (text: string, columns: number) =>
  stripVTControlCharacters(text)
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);

test.each([
  [200, 80],
  [60, 80],
  [60, 12],
])(
  'a picture in %i columns and %i rows is drawn over the one before, however long its commands are',
  (columns, rows) => {
    const { stream, written } = terminal(columns, rows);
    const view = liveView(stream, false);
    view(exampleLedger({ gates: [exampleGate()] }));
    view(exampleLedger());
    const [first = '', second = ''] = written;
    const height = rowsOf(first, columns);
    expect(second.startsWith(`\u001b[${String(height)}A\u001b[J`)).toBe(true);
    expect(height).toBeLessThan(rows);
    if (columns < 80 && rows === 80) expect(height).toBeGreaterThan(first.trimEnd().split('\n').length);
  },
);
