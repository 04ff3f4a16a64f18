import { expect, test } from 'vitest';

import { endingOf } from '../../src/contract/endings.js';
import type { Outcome } from '../../src/contract/state.js';
import { exampleLedger } from './example-release.js';
import { expectPasteable } from './three-lines.js';

const commit = 'c'.repeat(40);
const merges = [{ commit: 'a'.repeat(40), previous: 'b'.repeat(40), head: 'd'.repeat(40) }];
const names = { package: 'llm-app-test', version: '0.2.0' };

test('a version that is served again can be yanked again, and says what is still out of main', () => {
  const putBack = { chosen: 'put back', by: 'grace', commit } as const;
  const told = endingOf(exampleLedger({ merges, rollback: putBack }), 'un-yanked');
  expect(told.not).toBe('main was not put forward again: what was taken out of it is still out.');
  expect(told.next).toBe(
    'To have it on main again, revert there what took it out. Should it turn out bad after all: `slipway yank llm-app-test 0.2.0 --reason "…"`.',
  );
  expectPasteable(told, names);
});

test.each<[string, Parameters<typeof exampleLedger>[0]]>([
  ['was kept', { merges, rollback: { chosen: 'kept', by: 'grace' } }],
  ['needed no revert', { merges, rollback: { unchanged: commit } }],
])('nothing of it is left to do where main %s', (_what, changes) => {
  const told = endingOf(exampleLedger(changes), 'un-yanked');
  expect(told.not).toBe('Nothing of it is left to do.');
  expect(told.next).not.toContain('revert');
  expectPasteable(told, names);
});

test.each<Outcome>(['yanked', 'un-yanked', 'abandoned'])(
  'a main that needed no revert is not said to be put back by one: %s',
  (outcome) => {
    const { now } = endingOf(exampleLedger({ merges, rollback: { unchanged: commit } }), outcome);
    expect(now).toContain(
      'main stays at cccccccccccc without a revert: taking 0.2.0 out changes no file of it.',
    );
    expect(now).not.toContain('put back');
  },
);
