import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { answerOf, gateIds, type Gate, type GateId } from '../../../src/contract/gates.js';
import {
  isBound,
  messageKinds,
  type Message,
  type MessageKind,
  type MessageOutcome,
} from '../../../src/contract/messages.js';
import { mayApprove, openGates, type Ledger } from '../../../src/contract/state.js';
import { receive } from '../../../src/workflows/messages.js';
import { exampleLedger } from '../../contract/example-release.js';
import { arrival, gateAt } from './sending.js';

/** A message as it is drawn; `which` are digests of what is asked, of something else, and too few digits. */
interface Drawn {
  readonly kind: MessageKind;
  readonly by: string;
  readonly gate: GateId;
  readonly which: 'right' | 'other' | 'short';
  readonly id: number;
  readonly reason: string;
}

const digestOfGate = (id: GateId) => String(gateIds.indexOf(id) + 10).repeat(32);
const digests = {
  right: digestOfGate,
  other: () => 'f'.repeat(64),
  short: (id: GateId) => digestOfGate(id).slice(0, 11),
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom(...messageKinds),
  by: fc.constantFrom('ada', 'grace', 'linus', 'mallory'),
  gate: fc.constantFrom(...gateIds),
  which: fc.constantFrom('right', 'right', 'right', 'other', 'short'),
  id: fc.nat(30),
  reason: fc.constantFrom('because', 'so'),
});

const worlds = fc.record({
  phase: fc.constantFrom('before-merge', 'merged', 'uploading'),
  quorum: fc.integer({ min: 1, max: 3 }),
  open: fc.subarray([...gateIds], { minLength: 1 }),
});

function ledgerOf({
  phase,
  quorum,
  open,
}: typeof worlds extends fc.Arbitrary<infer World> ? World : never): Ledger {
  const gates = open.map((id) => gateAt(id, { digest: digestOfGate(id), quorum }));
  return exampleLedger({ phase, gates }, { quorum });
}

function messageOf({ kind, by, gate, which, id, reason }: Drawn): Message & { id: string } {
  const bound = isBound(kind) ? { gate, digest: digests[which](gate) } : {};
  return { id: `id-${String(id)}`, by, reason, ...bound };
}

function send(ledger: Ledger, message: Drawn): MessageOutcome {
  return receive(ledger, message.kind, messageOf(message), arrival());
}

/** Plays messages, and says after each what has to hold. */
function play(
  messages: readonly Drawn[],
  ledger: Ledger,
  holds: (message: Drawn, outcome: MessageOutcome, before: Ledger) => void,
) {
  for (const message of messages) {
    const before = structuredClone(ledger);
    holds(message, send(ledger, message), before);
  }
}

const orders = fc.array(drawn, { minLength: 1, maxLength: 40 });
const check = (body: (messages: Drawn[], ledger: Ledger) => void) => {
  fc.assert(
    fc.property(orders, worlds, (messages, world) => {
      body(messages, ledgerOf(world));
    }),
    { numRuns: 1000 },
  );
};

describe('whatever is sent in whatever order', () => {
  test('row 49: each message has exactly one outcome, and a repeat the same one without any effect', () => {
    check((messages, ledger) => {
      play(messages, ledger, (message, outcome, before) => {
        const again = structuredClone(ledger);
        expect(send(again, message).counted).toBe(outcome.counted && isSame(before, ledger, message));
        const ids = ledger.messages.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const added = ledger.messages.length - before.messages.length;
        expect(added).toBe(isRepeat(before, message) ? 0 : 1);
      });
    });
  });

  test('row 51: an approval that is early, for a gate that is not open yet, never counts', () => {
    check((messages, ledger) => {
      const isOpen = (id: GateId) => openGates(ledger).some((gate) => gate.id === id);
      play(messages, ledger, (message, { counted }) => {
        if (message.kind === 'approve' && !isOpen(message.gate)) expect(counted).toBe(false);
      });
    });
  });

  test('row 50: an approval that is late, for a gate that was closed, does not count', () => {
    check((messages, ledger) => {
      for (const gate of ledger.gates) gate.closedAt = gate.openedAt;
      play(messages, ledger, ({ kind }, { counted }) => {
        if (kind === 'approve' || kind === 'reject') expect(counted).toBe(false);
      });
      expect(decisionsOf(ledger)).toEqual([]);
    });
  });

  test('row 55: an approval counts only for the digest of exactly what is asked, with at least twelve digits', () => {
    check((messages, ledger) => {
      play(messages, ledger, (message, { counted }, before) => {
        if (!isBound(message.kind) || isRepeat(before, message)) return;
        if (message.which !== 'right') expect(counted).toBe(false);
        if (!counted || message.kind !== 'approve') return;
        const gate = ledger.gates.find(({ id }) => id === message.gate);
        expect(gate?.decisions.at(-1)).toMatchObject({ kind: 'approve', by: message.by });
      });
    });
  });

  test('row 54: nobody approves who is no approver, nor whoever has asked for it, and nobody twice', () => {
    check((messages, ledger) => {
      play(messages, ledger, () => undefined);
      for (const gate of ledger.gates) {
        const people = gate.decisions.filter(({ kind }) => kind === 'approve').map(({ by }) => by);
        expect(new Set(people).size).toBe(people.length);
        expect(people).not.toContain('mallory');
        expect(people.filter((by) => !mayApprove(ledger, gate, by))).toEqual([]);
      }
    });
  });

  test('row 52: a rejection that counts is the answer of its gate, however many approve before and after', () => {
    check((messages, ledger) => {
      play(messages, ledger, () => {
        for (const gate of ledger.gates) if (hasRejection(gate)) expect(answerOf(gate)?.kind).toBe('reject');
      });
    });
  });

  test('a yank of an approver always counts once something is uploaded, and nothing takes it back', () => {
    check((messages, ledger) => {
      ledger.phase = 'uploading';
      play(messages, ledger, (message, { counted }, before) => {
        if (
          message.kind === 'yank' &&
          message.by !== 'mallory' &&
          before.stop === undefined &&
          isNew(before, message)
        )
          expect(counted).toBe(true);
        if (before.stop !== undefined) expect(ledger.stop).toEqual(before.stop);
      });
    });
  });

  test('row 53: the same approvals and one rejection come to the same end in any order', () => {
    const people = ['grace', 'linus'] as const;
    const one = fc.record({
      gate: fc.constantFrom('branch', 'merge', 'production'),
      rejects: fc.constantFrom(...people),
    });
    const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    fc.assert(
      fc.property(one, order, ({ gate, rejects }, places) => {
        const said: Drawn[] = people.flatMap((by, at) => [
          { kind: 'approve', by, gate, which: 'right', id: at, reason: 'because' },
          { kind: 'approve', by, gate, which: 'other', id: at + 2, reason: 'because' },
        ]);
        const ledger = ledgerOf({ phase: 'merged', quorum: 3, open: [gate] });
        const rejection: Drawn = {
          kind: 'reject',
          by: rejects,
          gate,
          which: 'right',
          id: 9,
          reason: 'because',
        };
        const all = [...places.flatMap((place) => said[place] ?? [])];
        all.splice(places[0] ?? 0, 0, rejection);
        for (const message of all) send(ledger, message);
        expect(ledger.gates.map((asked) => answerOf(asked)?.kind)).toEqual(['reject']);
      }),
    );
  });
});

function decisionsOf({ gates }: Ledger) {
  return gates.flatMap(({ decisions }) => decisions);
}

function hasRejection({ decisions }: Gate): boolean {
  return decisions.some(({ kind }) => kind === 'reject');
}

function isNew({ messages }: Ledger, message: Drawn): boolean {
  return !messages.some(({ id }) => id === messageOf(message).id);
}

/** Whether the same was said under that id before. */
function isRepeat({ messages }: Ledger, message: Drawn): boolean {
  const { id, by, reason, gate, digest } = messageOf(message);
  return messages.some(
    (known) =>
      known.id === id &&
      known.kind === message.kind &&
      known.by === by &&
      known.reason === reason &&
      known.gate === gate &&
      known.digest === digest,
  );
}

/** Whether the id was this message's own, so that its outcome is the one that is told again. */
function isSame(before: Ledger, after: Ledger, message: Drawn): boolean {
  return isRepeat(before, message) || isRepeat(after, message);
}
