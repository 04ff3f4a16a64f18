import { expect, test } from 'vitest';

import { exampleLedger } from '../../contract/example-release.js';
import { gateAt, send } from './sending.js';

/** What a ledger may weigh: the engine hands 2 MB about at once, and a ledger is an argument, a result and an answer. */
const most = 512 * 1024;

test('ten thousand messages that do not count leave a small ledger that says how many were let go', () => {
  const ledger = exampleLedger({ gates: [gateAt('branch')] });
  for (let sent = 0; sent < 10_000; sent++) send(ledger, 'approve', { by: 'mallory' });
  expect(ledger.messages).toHaveLength(200);
  expect(ledger.forgotten).toEqual({ messages: 9800, gates: 0 });
  expect(JSON.stringify(ledger).length).toBeLessThan(most);
});

test('what a release rests on is kept however much is said after it', () => {
  const ledger = exampleLedger({ gates: [gateAt('branch')] });
  send(ledger, 'approve', { id: 'the approval' });
  for (let sent = 0; sent < 300; sent++) send(ledger, 'hold', { by: 'mallory' });
  expect(ledger.messages[0]).toMatchObject({ id: 'the approval', counted: true });
  expect(send(ledger, 'approve', { id: 'the approval' })).toMatchObject({ counted: true });
  expect(ledger.gates[0]?.decisions).toHaveLength(1);
});

test('ten thousand reports of problems are taken no further than people can read', () => {
  const ledger = exampleLedger({ phase: 'uploading' });
  for (let sent = 0; sent < 10_000; sent++) send(ledger, 'report', { by: `user-${String(sent)}` });
  expect(ledger.reports).toHaveLength(50);
  expect(JSON.stringify(ledger).length).toBeLessThan(most);
  expect(send(ledger, 'yank')).toMatchObject({ counted: true });
});

test('a question is not held over and over again', () => {
  const ledger = exampleLedger({ gates: [gateAt('branch')] });
  const counted = Array.from({ length: 30 }, () => send(ledger, 'hold').counted);
  expect(counted.filter(Boolean)).toHaveLength(20);
});
