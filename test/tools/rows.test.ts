import { expect, test } from 'vitest';

import { matrix, testsOfRows } from '../../tools/rows.mjs';

test('every row of the matrix of faults is played by a test that names it', () => {
  expect(matrix.map(({ row }) => row)).toEqual(Array.from({ length: 70 }, (_, at) => at + 1));
  const played = new Set(testsOfRows().map(({ row }) => row));
  expect(matrix.filter(({ row }) => !played.has(row))).toEqual([]);
});

test('no test names a row that the matrix does not have', () => {
  const rows = new Set(matrix.map(({ row }) => row));
  expect(testsOfRows().filter(({ row }) => !rows.has(row))).toEqual([]);
});
