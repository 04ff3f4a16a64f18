import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * A row of the matrix of faults: what goes wrong, how its tests bring that about, and what must hold all the same.
 * @typedef {{ row: number, fault: string, injected: string, holds: string }} Row
 */

/** The matrix, by its numbers. @type {readonly Row[]} */
export const matrix = JSON.parse(readFileSync(join(root, 'test', 'chaos', 'matrix.json'), 'utf8'));

/**
 * The tests that play a row, which their titles begin with.
 * @returns {{ row: number, file: string, line: number, title: string }[]} the file from the root of the checkout
 */
export function testsOfRows() {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(test|chaos)\.ts$/.test(file))
    .sort()
    .flatMap((name) => {
      const file = `test/${name}`;
      return readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((text, at) => {
          const [, row, title] = /['"`]row (\d+): ([^\n]*?)['"`](?:,|\)|$)/.exec(text) ?? [];
          return row === undefined || title === undefined
            ? []
            : [{ row: Number(row), file, line: at + 1, title }];
        });
    });
}
