import { describe, expect, test } from 'vitest';

import { answerOf, gateIds, type GateId } from '../../../src/contract/gates.js';
import { messageKinds, type Message, type MessageKind } from '../../../src/contract/messages.js';
import type { Ledger, Phase } from '../../../src/contract/state.js';
import { receive } from '../../../src/workflows/messages.js';
import { answered } from '../../../src/contract/refusals.js';
import { exampleLedger } from '../../contract/example-release.js';
import { expectPasteable } from '../../contract/three-lines.js';
import { answers, arrival, digest, gateAt, later, send } from './sending.js';

/** Whether a message of grace counts, by what is asked and how far the release is. */
function counts(kind: MessageKind, gate: GateId | undefined, phase: Phase): boolean {
  if (phase === 'closed') return false;
  if (kind === 'yank') return true;
  if (kind === 'abort') return phase !== 'uploading';
  if (kind === 'report') return phase === 'uploading';
  if (kind === 'on-watch') return true;
  return gate !== undefined && answers[gate].includes(kind);
}

const phases: readonly Phase[] = ['before-merge', 'merged', 'uploading', 'closed'];
const table = [undefined, ...gateIds].flatMap((gate) =>
  phases.flatMap((phase) => messageKinds.map((kind) => ({ gate, phase, kind }))),
);

describe('every message leaves exactly one recorded outcome', () => {
  test.each(table)('$kind at the gate $gate, $phase', ({ gate, phase, kind }) => {
    const ledger = exampleLedger({ phase, gates: gate === undefined ? [] : [gateAt(gate)] });
    const outcome = send(ledger, kind);
    expect(outcome.counted).toBe(counts(kind, gate, phase));
    expect(outcome.why).toMatch(/\S/);
    const answer = answered(ledger, kind, outcome);
    if (!answer.counted) expectPasteable(answer.trouble, ledger.request);
    expect(ledger.messages).toHaveLength(1);
    expect(ledger.messages[0]).toMatchObject({ ...outcome, kind, by: 'grace', at: later, channel: 'update' });
    const decided = ledger.gates.flatMap(({ decisions, holds = [] }) => [...decisions, ...holds]);
    const came = decided.length === 0 ? ledger.shifts : [];
    const changed = [...decided, ...came, ...ledger.reports, ledger.stop];
    expect(changed.filter((change) => change !== undefined)).toHaveLength(outcome.counted ? 1 : 0);
  });

  test.each(messageKinds)(
    '%s without a right form is recorded as ignored, whoever it claims to be from',
    (kind) => {
      const ledger = exampleLedger({ gates: [gateAt('branch')] });
      for (const input of [undefined, 'yes', { by: 7 }, { by: 'grace', expires: 'soon' }, { id: 'x' }])
        expect(receive(ledger, kind, input, arrival({ channel: 'signal' }))).toMatchObject({
          counted: false,
          why: expect.stringContaining('malformed') as string,
        });
      expect(ledger.messages).toHaveLength(5);
      expect(new Set(ledger.messages.map(({ id }) => id)).size).toBe(5);
      expect(ledger.stop).toBeUndefined();
    },
  );
});

describe('a repeat', () => {
  const message = { id: 'one', by: 'grace', gate: 'branch', digest, reason: 'looks good' };

  test('is answered as the first was and changes nothing, however it comes', () => {
    const ledger = exampleLedger({ gates: [gateAt('branch', { quorum: 2 })] });
    const first = receive(ledger, 'approve', message, arrival());
    const again = (['signal', 'update'] as const).map((channel) =>
      receive(ledger, 'approve', message, arrival({ channel })),
    );
    expect(again).toEqual([first, first]);
    expect(first.counted).toBe(true);
    expect(ledger.messages).toHaveLength(1);
    expect(ledger.gates[0]?.decisions).toHaveLength(1);
  });

  test.each<[string, MessageKind, Partial<Message>]>([
    ['somebody else', 'approve', { by: 'linus' }],
    ['another kind', 'reject', {}],
    ['another gate', 'approve', { gate: 'merge' }],
    ['another digest', 'approve', { digest: 'f'.repeat(64) }],
    ['another reason', 'approve', { reason: 'on second thought' }],
  ])(
    'it is not where its id comes with %s: that is refused, and recorded under an id of its own',
    (_, kind, change) => {
      const ledger = exampleLedger({ gates: [gateAt('branch', { quorum: 2 })] });
      receive(ledger, 'approve', message, arrival());
      const outcome = receive(ledger, kind, { ...message, ...change }, arrival({ made: 'own' }));
      expect(outcome).toEqual({ counted: false, why: 'the id one belongs to another message' });
      expect(ledger.messages.map(({ id }) => id)).toEqual(['one', 'own']);
      expect(ledger.gates[0]?.decisions).toHaveLength(1);
    },
  );

  test('of the same words under another id is another message', () => {
    const ledger = exampleLedger({ gates: [gateAt('branch', { quorum: 2 })] });
    send(ledger, 'approve');
    expect(send(ledger, 'approve')).toEqual({ counted: false, why: 'grace has answered this already' });
    expect(ledger.messages).toHaveLength(2);
    expect(
      answerOf(gateAt('branch', { quorum: 2, decisions: ledger.gates[0]?.decisions ?? [] })),
    ).toBeUndefined();
  });
});

describe('an expired message', () => {
  test.each(messageKinds)('%s does not count', (kind) => {
    const ledger = exampleLedger({ gates: [gateAt('branch')], phase: 'merged' });
    const outcome = send(ledger, kind, { expires: '2026-03-01T12:00:04.999Z' });
    expect(outcome).toEqual({ counted: false, why: 'the message expired at 2026-03-01T12:00:04.999Z' });
  });

  test('is one whose moment is past, whatever its zone', () => {
    const expires = (text: string) =>
      send(exampleLedger({ gates: [gateAt('branch')] }), 'approve', { expires: text }).counted;
    expect(expires(later)).toBe(true);
    expect(expires('2026-03-01T14:00:06+02:00')).toBe(true);
    expect(expires('2026-03-01T14:00:04+02:00')).toBe(false);
  });
});

test('a ledger that was through JSON judges as before', () => {
  const ledger = exampleLedger({ gates: [gateAt('branch', { quorum: 2 })] });
  const message = { id: 'one', by: 'grace', gate: 'branch', digest };
  const first = receive(ledger, 'approve', message, arrival());
  const adopted = JSON.parse(JSON.stringify(ledger)) as Ledger;
  expect(receive(adopted, 'approve', message, arrival())).toEqual(first);
  expect(send(adopted, 'approve', { by: 'linus' }).why).toBe('approval 2 of 2 of the gate branch');
});
