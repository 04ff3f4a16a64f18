import { describe, expect, test } from 'vitest';

import { answerOf } from '../../../src/contract/gates.js';
import { messageKinds } from '../../../src/contract/messages.js';
import type { Ledger } from '../../../src/contract/state.js';
import { exampleLedger } from '../../contract/example-release.js';
import { answers, gateAt, later, send } from './sending.js';

const until = '2026-03-01T18:00:00.000Z';
const dayLater = '2026-03-02T12:00:05.000Z';

/** A release that waits at production, which grace holds. */
function held(quorum = 1): Ledger {
  const ledger = exampleLedger({ gates: [gateAt('production', { quorum })] });
  expect(send(ledger, 'hold', { reason: 'the docs are not built yet', until }).counted).toBe(true);
  return ledger;
}

const answered = ({ gates: [gate] }: Ledger) => gate && answerOf(gate)?.kind;

describe('a hold', () => {
  test('keeps approvals from closing a gate: they are counted, and told what they wait for', () => {
    const ledger = held();
    expect(send(ledger, 'approve', { by: 'linus' })).toEqual({
      counted: true,
      why: `approval 1 of 1 of the gate production; it waits for grace, who holds it until ${until}: the docs are not built yet`,
    });
    expect(answered(ledger)).toBeUndefined();
    expect(send(ledger, 'lift')).toEqual({ counted: true, why: 'grace no longer holds production' });
    expect(answered(ledger)).toBe('approve');
  });

  test('does not count approvals beyond those that are needed', () => {
    const ledger = exampleLedger({ gates: [gateAt('production')] }, { approvers: ['grace', 'linus', 'tim'] });
    send(ledger, 'hold');
    send(ledger, 'approve', { by: 'linus' });
    const { counted, why } = send(ledger, 'approve', { by: 'tim' });
    expect(counted).toBe(false);
    expect(why).toMatch(/^the gate production has all its approvals already; it waits for grace/);
  });

  test('is lifted by an approval of its holder, also where the others have approved already', () => {
    const ledger = held();
    send(ledger, 'approve', { by: 'linus' });
    expect(send(ledger, 'approve')).toEqual({
      counted: true,
      why: 'a further approval of the gate production',
    });
    expect(answered(ledger)).toBe('approve');
  });

  test('that comes after an approval of the same person is lifted by `lift` alone', () => {
    const ledger = exampleLedger({ gates: [gateAt('production', { quorum: 2 })] });
    send(ledger, 'approve');
    send(ledger, 'hold');
    expect(send(ledger, 'approve').why).toBe('grace has approved this already, and holds it: send `lift`');
    expect(send(ledger, 'lift').counted).toBe(true);
  });

  test.each(['grace', 'linus'])('does not stand in the way of a rejection by %s', (by) => {
    const ledger = held();
    expect(send(ledger, 'reject', { by }).counted).toBe(true);
    expect(answered(ledger)).toBe('reject');
    expect(send(ledger, 'hold', { by: 'linus' })).toEqual({
      counted: false,
      why: `${by} answered the gate production with reject already`,
    });
  });

  test.each(['abort', 'yank'] as const)('does not stand in the way of %s', (kind) => {
    expect(send(held(), kind, { by: 'linus' }).counted).toBe(true);
  });

  test('of several people stands until the last of them lifts it, and nobody lifts that of another', () => {
    const ledger = held();
    send(ledger, 'hold', { by: 'ada', until });
    send(ledger, 'approve', { by: 'linus' });
    expect(send(ledger, 'lift', { by: 'linus' })).toEqual({
      counted: false,
      why: 'linus does not hold any gate: grace holds production, ada holds production now',
    });
    expect(send(ledger, 'lift', { gate: 'merge' }).counted).toBe(false);
    send(ledger, 'lift');
    expect(answered(ledger)).toBeUndefined();
    expect(send(ledger, 'lift', { by: 'ada' }).counted).toBe(true);
    expect(answered(ledger)).toBe('approve');
    expect(send(ledger, 'lift').why).toBe('grace does not hold any gate: nobody holds anything now');
  });

  test('lasts a day where its end is not given, and is told again to last longer', () => {
    const ledger = exampleLedger({ gates: [gateAt('branch')] });
    expect(send(ledger, 'hold').why).toContain(`until ${dayLater}`);
    send(ledger, 'hold', { until, reason: 'only today' });
    expect(ledger.gates[0]?.holds).toMatchObject([
      { by: 'grace', until: dayLater, endedAt: later },
      { by: 'grace', until, reason: 'only today' },
    ]);
  });

  test.each([
    [later, `${later} is over: say until when you hold it`],
    [
      '2026-03-02T12:00:06.000Z',
      `a hold lasts 24 h at most, until ${dayLater}: say an earlier time, and hold again then`,
    ],
    [
      '2026-03-02T14:00:06+02:00',
      `a hold lasts 24 h at most, until ${dayLater}: say an earlier time, and hold again then`,
    ],
  ])('until %s is refused', (wrong, why) => {
    const ledger = exampleLedger({ gates: [gateAt('branch')] });
    expect(send(ledger, 'hold', { until: wrong })).toEqual({ counted: false, why });
    expect(ledger.gates[0]?.holds).toBeUndefined();
  });

  test('of another digest, of a stranger, or of a gate that takes none is refused', () => {
    const ledger = exampleLedger({ gates: [gateAt('merge')] });
    expect(send(ledger, 'hold', { digest: 'f'.repeat(64) }).why).toContain(
      'stale: the gate merge asks about',
    );
    expect(send(ledger, 'hold', { by: 'mallory' }).counted).toBe(false);
    const window = exampleLedger({ gates: [gateAt('window')] });
    expect(send(window, 'hold').why).toBe('the gate window takes approve');
  });

  test('is for the gates where people approve what happens next, and needs a reason', () => {
    expect(Object.entries(answers).flatMap(([id, kinds]) => (kinds.includes('hold') ? [id] : []))).toEqual([
      'branch',
      'merge',
      'production',
    ]);
    expect(send(exampleLedger({ gates: [gateAt('branch')] }), 'hold', { reason: ' ' }).why).toContain(
      'hold needs the reason that others wait for',
    );
    expect(messageKinds).toContain('lift');
  });
});
