import { describe, expect, test } from 'vitest';

import { answerOf, type GateId } from '../../../src/contract/gates.js';
import { messageKinds, type MessageKind } from '../../../src/contract/messages.js';
import { shownGates } from '../../../src/contract/progress.js';
import { evidenceOf } from '../../../src/evidence/evidence.js';
import type { SelfApproval } from '../../../src/contract/release.js';
import { at, exampleLedger } from '../../contract/example-release.js';
import { digest, gateAt, send } from './sending.js';

describe('an answer to a gate', () => {
  test.each([
    [digest, true],
    [digest.slice(0, 12), true],
    [digest.slice(0, 11), false],
    ['', false],
    [`${digest}0`, false],
    [digest.toUpperCase(), false],
    ['f'.repeat(64), false],
  ])('for the digest %j counts: %j', (given, counted) => {
    const outcome = send(exampleLedger({ gates: [gateAt('branch')] }), 'approve', { digest: given });
    expect(outcome.counted).toBe(counted);
    if (!counted) expect(outcome.why).toContain('stale: the gate branch asks about abcdef012345');
  });

  test.each([['on-watch'], ['probe']] as const)(
    'reaches the question that it names, of two that take it: %s',
    (wanted) => {
      const digests = { 'on-watch': '1'.repeat(64), probe: '2'.repeat(64) };
      const gates = (['on-watch', 'probe'] as const).map((id) => gateAt(id, { digest: digests[id] }));
      for (const named of [{ digest: digests[wanted] }, { gate: wanted }]) {
        const ledger = exampleLedger({ gates: structuredClone(gates), phase: 'uploading' });
        expect(send(ledger, 'retry', named)).toEqual({ counted: true, why: `retry at the gate ${wanted}` });
        expect(ledger.gates.filter(({ decisions }) => decisions.length > 0).map(({ id }) => id)).toEqual([
          wanted,
        ]);
      }
    },
  );

  test('that is stale does not count for a question without a gate either, if it names a digest', () => {
    const stale = { digest: 'f'.repeat(64) };
    expect(send(exampleLedger({ gates: [gateAt('trouble')] }), 'retry', stale).counted).toBe(false);
    expect(
      send(exampleLedger({ gates: [gateAt('report')], phase: 'uploading' }), 'keep', stale).counted,
    ).toBe(false);
  });

  test('that comes early does not count later', () => {
    const ledger = exampleLedger({ gates: [gateAt('branch')] });
    expect(send(ledger, 'approve', { gate: 'merge' })).toEqual({
      counted: false,
      why: 'the gate merge is not open (open now: branch)',
    });
    expect(ledger.gates[0]?.decisions).toEqual([]);
  });

  test('that comes after the gate was closed does not count', () => {
    const ledger = exampleLedger({ gates: [gateAt('branch', { closedAt: at })] });
    expect(send(ledger, 'approve', { gate: 'branch' })).toEqual({
      counted: false,
      why: 'the gate branch is not open (open now: none)',
    });
  });

  test('is never for another gate of the same digest', () => {
    const ledger = exampleLedger({ gates: [gateAt('branch', { closedAt: at }), gateAt('merge')] });
    expect(send(ledger, 'approve', { gate: 'branch' }).counted).toBe(false);
    expect(send(ledger, 'approve', { gate: 'merge' }).counted).toBe(true);
  });
});

describe('reject', () => {
  const people = ['grace', 'linus'] as const;
  const orders: [MessageKind, string][][] = [
    [
      ['reject', 'linus'],
      ['approve', 'grace'],
    ],
    [
      ['approve', 'grace'],
      ['reject', 'linus'],
    ],
    [
      ['approve', 'grace'],
      ['reject', 'grace'],
    ],
    [
      ['reject', 'grace'],
      ['approve', 'grace'],
    ],
    [
      ['approve', 'grace'],
      ['approve', 'linus'],
      ['reject', 'linus'],
    ],
    [
      ['approve', 'grace'],
      ['reject', 'linus'],
      ['approve', 'linus'],
    ],
  ];

  test.each(orders.flatMap((order) => [1, 2].map((quorum) => ({ order, quorum }))))(
    'dominates approvals that come at once with it: $order, quorum $quorum',
    ({ order, quorum }) => {
      const ledger = exampleLedger({ gates: [gateAt('branch', { quorum })] });
      for (const [kind, by] of order) send(ledger, kind, { by });
      const [gate] = ledger.gates;
      expect(gate && answerOf(gate)?.kind).toBe('reject');
      expect(ledger.messages).toHaveLength(order.length);
    },
  );

  test('leaves later answers to the same question without effect, and they are told so', () => {
    const ledger = exampleLedger({ gates: [gateAt('branch')] });
    expect(send(ledger, 'reject', { by: 'linus' }).counted).toBe(true);
    for (const kind of ['approve', 'reject', 'fix'] as const)
      expect(send(ledger, kind)).toEqual({
        counted: false,
        why: 'linus answered the gate branch with reject already',
      });
  });

  test('takes nobody but an approver', () => {
    expect(
      people.map((by) => send(exampleLedger({ gates: [gateAt('branch')] }), 'reject', { by }).counted),
    ).toEqual([true, true]);
    expect(send(exampleLedger({ gates: [gateAt('branch')] }), 'reject', { by: 'mallory' }).counted).toBe(
      false,
    );
  });
});

describe('people', () => {
  test.each(messageKinds)('a stranger may say %s only if it is a report', (kind) => {
    const gate: GateId = kind === 'keep' ? 'report' : kind === 'retry' ? 'trouble' : 'branch';
    const phase = kind === 'report' || kind === 'keep' ? 'uploading' : 'before-merge';
    const ledger = exampleLedger({ gates: [gateAt(gate)], phase });
    const outcome = send(ledger, kind, { by: 'mallory' });
    expect(outcome.counted).toBe(kind === 'report');
    if (kind !== 'report')
      expect(outcome.why).toBe('mallory is not an approver of this release (ada, grace, linus)');
  });

  test.each(['Grace', ' grace', 'grace '])('%j is not grace', (by) => {
    expect(send(exampleLedger({ gates: [gateAt('branch')] }), 'approve', { by }).counted).toBe(false);
  });

  test('who started the release and is no approver may mend, stop and report it, and decide nothing', () => {
    const counted = messageKinds.filter((kind) => {
      const gates: GateId[] = kind === 'keep' ? ['report'] : kind === 'retry' ? ['trouble'] : ['branch'];
      const phase = kind === 'report' || kind === 'keep' ? 'uploading' : 'before-merge';
      const ledger = exampleLedger({ gates: gates.map((id) => gateAt(id)), phase }, { approvers: ['grace'] });
      return send(ledger, kind, { by: 'ada' }).counted;
    });
    expect(counted).toEqual(['fix', 'report', 'retry', 'on-watch', 'abort', 'yank']);
  });

  test('who started the release approve it only if the settings allow that, and may always reject it', () => {
    const ask = (kind: MessageKind, selfApproval: SelfApproval) =>
      send(exampleLedger({ gates: [gateAt('branch')] }, { selfApproval }), kind, {
        ...{ by: 'ada', retyped: '0.2.0' },
      });
    expect(ask('approve', { delaySeconds: 0 }).counted).toBe(true);
    expect(ask('approve', false)).toEqual({
      counted: false,
      why: 'ada started the release and the settings allow no self-approval',
    });
    expect(ask('reject', false).counted).toBe(true);
  });

  test('who approve what they have started do so with the version typed again and after the delay, and it is told', () => {
    const terms = { selfApproval: { delaySeconds: 5 } };
    const own = (openedAt: string, retyped?: string) => {
      const ledger = exampleLedger({ gates: [gateAt('production', { openedAt })] }, terms);
      const outcome = send(ledger, 'approve', {
        by: 'ada',
        ...(retyped === undefined ? {} : { retyped }),
      });
      return { outcome, ledger };
    };
    expect(own('2026-03-01T12:00:01.000Z', '0.2.0').outcome).toEqual({
      counted: false,
      why: 'ada started the release: an approval by the same person counts from 2026-03-01T12:00:06.000Z on, with the version typed again',
    });
    for (const wrong of [undefined, '', '0.2', '0.2.0 '])
      expect(own(at, wrong).outcome).toEqual({
        counted: false,
        why: 'ada started the release: an approval by the same person counts with the version typed again, `--retype 0.2.0`',
      });
    const { outcome, ledger } = own(at, '0.2.0');
    expect(outcome.counted).toBe(true);
    expect(ledger.gates[0]?.decisions[0]?.own).toEqual({ retyped: '0.2.0', opened: at });
    expect(JSON.stringify(evidenceOf(ledger, at))).toContain('"own":{"retyped":"0.2.0"');
    expect(shownGates(ledger)[0]?.own).toEqual({ by: 'ada', from: '2026-03-01T12:00:05.000Z' });
  });

  test('who approve what another has started need not, nor where two are asked in any case', () => {
    const terms = { selfApproval: { delaySeconds: 3600 } };
    expect(send(exampleLedger({ gates: [gateAt('branch')] }, terms), 'approve').counted).toBe(true);
    const gates = [gateAt('amend', { quorum: 2, anyApprover: true })];
    const ledger = exampleLedger({ gates }, terms);
    expect(send(ledger, 'approve', { by: 'ada' }).counted).toBe(true);
    expect(ledger.gates[0]?.decisions[0]?.own).toBeUndefined();
    expect(shownGates(ledger)[0]?.own).toBeUndefined();
  });

  test('who are two are needed for a quorum of two; a third is told that it is reached', () => {
    const ledger = exampleLedger(
      { gates: [gateAt('branch', { quorum: 2 })] },
      { selfApproval: { delaySeconds: 0 } },
    );
    const [gate] = ledger.gates;
    if (gate === undefined) throw new Error('no gate');
    expect(send(ledger, 'approve').why).toBe('approval 1 of 2 of the gate branch');
    expect(send(ledger, 'approve').why).toBe('grace has answered this already');
    expect(answerOf(gate)).toBeUndefined();
    expect(send(ledger, 'approve', { by: 'linus' }).why).toBe('approval 2 of 2 of the gate branch');
    expect(answerOf(gate)?.by).toBe('linus');
    expect(send(ledger, 'approve', { by: 'ada' })).toEqual({
      counted: false,
      why: 'the gate branch has all its approvals already',
    });
    expect(gate.decisions.map(({ by }) => by)).toEqual(['grace', 'linus']);
  });

  test('cannot be judged before the terms are read: only who asked for the release may still abort it', () => {
    const { terms: _terms, ...opening } = exampleLedger();
    expect(send({ ...opening, messages: [] }, 'abort')).toEqual({
      counted: false,
      why: 'the release is not admitted yet: its terms are being read',
    });
    expect(send(opening, 'abort', { by: 'ada' }).counted).toBe(true);
    expect(opening.stop?.kind).toBe('abort');
  });
});
