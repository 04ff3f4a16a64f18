import { byOther, changed, finalOf, isUpload, last, stopped, until, type Wrong } from './changing.js';
import { fileEffect, minute, sha } from './right.js';

/** For each invariant of people and of what the service says the records that break it and nothing else. */
export const wrongInside: Readonly<
  Record<'I4' | 'I6' | 'I7' | 'I8' | 'I9' | 'I13' | 'I14', readonly Wrong[]>
> = {
  I4: [
    {
      what: 'an upload that was approved after it',
      of: (right) => ({
        ...right,
        messages: right.messages.map((message) =>
          message.gate === 'production' ? { ...message, sentAt: minute(9) } : message,
        ),
      }),
    },
    {
      what: 'an upload that one person approved where two have to',
      of: (right) => ({
        ...right,
        ledger: { ...right.ledger, gates: right.ledger.gates.map((gate) => ({ ...gate, quorum: 2 })) },
      }),
    },
    {
      what: 'an upload that only its requester approved',
      of: (right) => byOther(right, 'ada'),
    },
    {
      what: 'an upload that a stranger approved',
      of: (right) => byOther(right, 'mallory'),
    },
    {
      what: 'a gate whose digest is not that of what it shows',
      of: (right) => ({
        ...right,
        ledger: {
          ...right.ledger,
          gates: right.ledger.gates.map((gate) => ({
            ...gate,
            subject: [...gate.subject, { label: 'and', value: 'more' }],
          })),
        },
      }),
    },
  ],
  I6: [
    {
      what: 'an upload that begins after the yank was acknowledged',
      of: (right) =>
        stopped(
          right,
          'yanked',
          [...until(right, 8), ...fileEffect('yanked', 'production', '0.2.0', 9)],
          6.5,
        ),
    },
  ],
  I7: [
    {
      what: 'an approval that was acknowledged and is not recorded',
      of: (right) => ({ ...right, ledger: { ...right.ledger, messages: right.ledger.messages.slice(1) } }),
    },
    {
      what: 'a message with two outcomes',
      of: (right) => ({
        ...right,
        ledger: { ...right.ledger, messages: [...right.ledger.messages, ...right.ledger.messages] },
      }),
    },
    {
      what: 'an answer that is recorded as another',
      of: (right) => ({
        ...right,
        ledger: {
          ...right.ledger,
          messages: right.ledger.messages.map((message) => ({ ...message, counted: false })),
        },
      }),
    },
    {
      what: 'a decision that nobody has sent',
      of: (right) => ({
        ...right,
        ledger: {
          ...right.ledger,
          gates: right.ledger.gates.map((gate) => ({
            ...gate,
            decisions: [...gate.decisions, { ...last(gate.decisions), message: `made-up-${gate.id}` }],
          })),
        },
      }),
    },
  ],
  I8: [
    {
      what: 'two holders of one lease',
      of: (right) => ({
        ...right,
        effects: changed(
          right,
          (effect) => effect.kind === 'lease' && effect.change === 'taken',
          (effect) => [
            effect,
            { kind: 'lease', lease: 'llm-app-test', change: 'taken', writer: 'release/2', at: effect.at },
          ],
        ),
      }),
    },
    {
      what: 'a write of somebody who has lost the lease',
      of: (right) => ({
        ...right,
        effects: changed(right, isUpload, (effect) => [{ ...effect, writer: 'release/0' }]),
      }),
    },
  ],
  I9: [
    {
      what: 'a release that has stopped without asking anybody',
      of: (right) => {
        const { outcome: _, ...ledger } = right.ledger;
        return { ...right, ledger };
      },
    },
  ],
  I13: [
    {
      what: 'an effect that nothing in the history explains',
      of: (right) => ({
        ...right,
        scheduled:
          right.scheduled
            ?.filter(({ activity }) => activity !== 'ensureMerged')
            .map((one) => ({ ...one, at: minute(6) })) ?? [],
      }),
    },
  ],
  I14: [
    {
      what: 'a release that says released and has left its branch',
      of: (right) => ({
        ...right,
        rest: { ...right.rest, refs: { ...right.rest.refs, 'refs/heads/release/0.2.0': sha('2') } },
      }),
    },
    {
      what: 'a release that says when all was served, and it was later',
      of: (right) => ({
        ...right,
        ledger: { ...right.ledger, final: { ...finalOf(right), visibleAt: minute(6) } },
      }),
    },
    {
      what: 'a merge that no ref ever stood at',
      of: (right) => ({
        ...right,
        ledger: {
          ...right.ledger,
          merges: [{ commit: sha('5'), previous: sha('0'), head: sha('2') }, ...right.ledger.merges],
        },
      }),
    },
  ],
};
