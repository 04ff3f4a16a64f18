import { expect, test } from 'vitest';

import { ringer } from '../../src/client/ringing.js';
import { at, exampleGate, exampleLedger } from '../contract/example-release.js';

const now = new Date(at);
const quiet = exampleLedger();
const asking = exampleLedger({ gates: [exampleGate()] });

const rung = (person: string, env: NodeJS.ProcessEnv, looks = [quiet, asking, asking]) => {
  const ring = ringer(person, env);
  return looks.map((ledger) => ring(ledger, now));
};

test('the bell rings once, when a question opens that waits for the person', () => {
  expect(rung('grace', {})).toEqual(['', '\u0007', '']);
});

test('it does not ring for somebody else’s question, at the first look, or where it is turned off', () => {
  // ada has started the release, and so cannot approve it.
  expect(rung('ada', {})).toEqual(['', '', '']);
  expect(rung('grace', {}, [asking, asking])).toEqual(['', '']);
  expect(rung('grace', { SLIPWAY_BELL: 'none' })).toEqual(['', '', '']);
});

test('it rings again for the next question', () => {
  const next = exampleLedger({ gates: [exampleGate({ openedAt: '2026-03-01T13:00:00.000Z' })] });
  expect(rung('grace', {}, [quiet, asking, next])).toEqual(['', '\u0007', '\u0007']);
});

test.each([
  [
    { TERM_PROGRAM: 'iTerm.app' },
    /^\u001b\]9;llm-app-test 0\.2\.0: waiting for people[^\u001b\u0007;]*\u0007\u0007$/,
  ],
  [
    { TERM: 'foot' },
    /^\u001b\]777;notify;llm-app-test 0\.2\.0;waiting for people[^\u001b\u0007;]*\u0007\u0007$/,
  ],
  [{ TERM: 'xterm-256color', VTE_VERSION: '7600' }, /^\u001b\]777;/],
  [{ TERM: 'linux' }, /^\u0007$/],
  [{ TERM_PROGRAM: 'tmux', TERM: 'screen', VTE_VERSION: '7600' }, /^\u0007$/],
])('the desktop is told by what the terminal knows: %o', (env, said) => {
  expect(rung('grace', env)[1]).toMatch(said);
});

test('what a stranger wrote cannot end the sequence or begin another one', () => {
  const evil = { label: 'problem', value: 'eve: \u0007\u001b]52;c;x\u0007' };
  const gate = exampleGate({ subject: [evil], consequence: '\u001b]0;owned\u0007' });
  const ring = rung('grace', { TERM: 'foot' }, [quiet, exampleLedger({ gates: [gate] })])[1] ?? '';
  expect([...ring.matchAll(/[\u0007\u001b]/g)]).toHaveLength(3);
});
