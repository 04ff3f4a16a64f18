import { describe, expect, test } from 'vitest';

import { onWatchAt } from '../../../src/contract/roster.js';
import { exampleLedger } from '../../contract/example-release.js';
import { gateAt, later, send } from './sending.js';

const after = (minutes: number) => new Date(Date.parse(later) + minutes * 60_000).toISOString();
const command = { at: later, armed: [{ driver: 'command' }], toDo: [], plan: [] };

describe('who comes on watch', () => {
  test('stays until the release ends, or until the time that is said, in any zone', () => {
    const ledger = exampleLedger();
    expect(send(ledger, 'on-watch').why).toBe('grace is on watch until the release ends');
    expect(send(ledger, 'on-watch', { by: 'linus', until: '2027-03-01T12:00:00+02:00' }).why).toBe(
      'linus is on watch until 2027-03-01T10:00:00.000Z',
    );
    expect(onWatchAt(ledger.shifts, after(1))).toEqual(['grace', 'linus']);
    expect(onWatchAt(ledger.shifts, '2027-03-01T10:00:00.000Z')).toEqual(['grace']);
  });

  test('says so anew to change until when', () => {
    const ledger = exampleLedger();
    send(ledger, 'on-watch');
    send(ledger, 'on-watch', { until: after(30) });
    expect(onWatchAt(ledger.shifts, after(29))).toEqual(['grace']);
    expect(onWatchAt(ledger.shifts, after(30))).toEqual([]);
  });

  test('is told when that time is over', () => {
    const ledger = exampleLedger();
    expect(send(ledger, 'on-watch', { until: '2020-01-01T00:00:00Z' })).toMatchObject({ counted: false });
    expect(ledger.shifts).toEqual([]);
  });

  test('is no stranger, and answers the question who is', () => {
    const ledger = exampleLedger({ gates: [gateAt('on-watch')] });
    expect(send(ledger, 'on-watch', { by: 'mallory' })).toMatchObject({ counted: false });
    expect(send(ledger, 'on-watch', { by: 'linus' }).counted).toBe(true);
    expect(ledger.gates[0]?.decisions).toMatchObject([{ kind: 'on-watch', by: 'linus' }]);
  });
});

describe('who goes off watch', () => {
  test('does so when somebody else has taken over', () => {
    const ledger = exampleLedger({ phase: 'uploading' });
    send(ledger, 'on-watch');
    expect(send(ledger, 'off-watch').why).toContain('until somebody else says `on-watch`');
    send(ledger, 'on-watch', { by: 'linus' });
    expect(send(ledger, 'off-watch')).toEqual({ counted: true, why: 'grace is not on watch any more' });
    expect(onWatchAt(ledger.shifts, after(1))).toEqual(['linus']);
  });

  test.each([
    ['a driver stands ready to yank', { phase: 'uploading' as const, readiness: command }],
    ['nothing is uploaded yet', { phase: 'merged' as const }],
  ])('needs nobody else where %s', (_, changes) => {
    const ledger = exampleLedger(changes);
    send(ledger, 'on-watch');
    expect(send(ledger, 'off-watch').counted).toBe(true);
  });

  test('has to be on watch', () => {
    expect(send(exampleLedger(), 'off-watch')).toEqual({ counted: false, why: 'grace is not on watch' });
  });
});

test('a report keeps its link and the command that fails', () => {
  const ledger = exampleLedger({ phase: 'uploading' });
  send(ledger, 'report', { link: 'https://example.org/1', command: 'python -c "import fx"' });
  const evidence = { link: 'https://example.org/1', command: 'python -c "import fx"' };
  expect(ledger.reports).toMatchObject([evidence]);
  expect(ledger.messages).toMatchObject([evidence]);
});
