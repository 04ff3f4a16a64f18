import { expect, test } from 'vitest';

import { problemsOf } from './json.js';

const gone = { about: 'people', state: 'unknown' };

test('an answer that lacks what its schema names, or has what it does not name, is none', () => {
  const said = 'Nobody is told';
  expect(problemsOf('doctor', [{ ...gone, said }])).toEqual([]);
  expect(problemsOf('doctor', [gone])).toEqual([expect.stringMatching(/must have required property 'said'/)]);
  expect(problemsOf('doctor', [{ ...gone, said, later: 1 }])).toEqual([
    expect.stringMatching(/must NOT have additional properties.*later/),
  ]);
  expect(problemsOf('plan', { preconditions: [], steps: [], terms: {} })).not.toEqual([]);
});
