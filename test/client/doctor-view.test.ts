import { expect, test } from 'vitest';

import { renderPreconditions } from '../../src/client/doctor.js';
import {
  fail,
  failBy,
  failByFinding,
  failByTrouble,
  pass,
  sentenceOf,
  unknown,
} from '../../src/contract/preconditions.js';
import { refusalFor } from '../../src/contract/failures.js';

const screen = { width: 80, colour: false, now: new Date('2026-01-01T00:00:00Z') };

test('preconditions stand under what they are about, each with a mark that needs no colour, within 80 columns', () => {
  const long = 'a sentence of many words '.repeat(8).trim();
  const lines = renderPreconditions(
    [
      fail('secrets', `The secret KEY is missing, ${long}`, `set KEY for the worker, ${long}`),
      pass('server', 'Temporal answers'),
      unknown('secrets', `Whether TOKEN may upload: ${long}`),
    ],
    screen,
  );
  expect(lines.slice(0, 5)).toEqual(['', 'Temporal server', '✔ Temporal answers', '', 'secrets, by name']);
  expect(lines.filter((line) => /^[✘?]/.test(line))).toEqual([
    expect.stringMatching(/^✘ The secret KEY is missing/),
    expect.stringMatching(/^\? Whether TOKEN may upload/),
  ]);
  expect(lines.some((line) => line.startsWith('  → set KEY'))).toBe(true);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test('what fails is told in one sentence as it was found, wherever it was found', () => {
  for (const sentence of [
    'The token X is missing: set X.',
    'pyproject.toml: tool: is no key',
    'Nothing to split.',
  ])
    expect(sentenceOf(failBy('secrets', sentence))).toBe(sentence);
  const found = { title: 'The version files disagree: write the same', detail: 'a: 1\nb: 2' };
  expect(sentenceOf(failByFinding('branch', found))).toBe(`${found.title}: ${found.detail}`);
  for (const not of ['It has no branch x.', 'Python 3.9 is missing: install it'])
    for (const next of ['Push x and send `retry`.', 'Mend it.']) {
      const trouble = { now: 'It is there.', not, next };
      expect(sentenceOf(failByTrouble('branch', trouble))).toBe(refusalFor(trouble));
    }
});
