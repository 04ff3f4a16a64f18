import type { Manifest } from '../../../src/contract/release.js';
import type { ReleaseOutcome } from '../../../src/contract/state.js';
import type { Effect, Observation } from '../observation.js';
import { minute, type RightRecord } from './right.js';

/** A way to make the right record a wrong one. */
export type Wrong = { readonly what: string; readonly of: (right: RightRecord) => Observation };

/** The effects with some of them changed. */
export const changed = (
  right: RightRecord,
  is: (effect: Effect) => boolean,
  change: (effect: Effect) => Effect[],
) => right.effects.flatMap((effect) => (is(effect) ? change(effect) : [effect]));

/** Whether an effect moved a ref. */
export const isRef = (ref: string) => (effect: Effect) => effect.kind === 'ref' && effect.ref === ref;
/** Whether an effect is an upload to the production index. */
export const isUpload = (effect: Effect) => effect.kind === 'stored' && effect.index === 'production';
/** What happened until a minute. */
export const until = (right: RightRecord, end: number) => right.effects.filter(({ at }) => at <= minute(end));
/** The last of some. */
export const last = <T>(items: readonly T[]): T => {
  const item = items.at(-1);
  if (item === undefined) throw new Error('there is none');
  return item;
};

/** The final version of the record. */
export function finalOf({ ledger: { final } }: RightRecord): {
  commit: string;
  manifest: Manifest;
  visibleAt?: string;
} {
  return last([final].flatMap((one) => one ?? []));
}

/** How the release of the record ended. */
export function outcomeOf(right: RightRecord): ReleaseOutcome {
  return last([right.ledger.outcome].flatMap((one) => one ?? []));
}

/** Whether an effect is about a file. */
export function isFile(effect: Effect, filename: string | undefined): boolean {
  return 'filename' in effect && effect.filename === filename;
}

/** The approvals by somebody else, as sent and as recorded. */
export function byOther(right: RightRecord, by: string): Observation {
  return {
    ...right,
    messages: right.messages.map((message) => ({ ...message, by })),
    ledger: {
      ...right.ledger,
      gates: right.ledger.gates.map((gate) => ({
        ...gate,
        decisions: gate.decisions.map((decision) => ({ ...decision, by })),
      })),
    },
  };
}

/** The record of a release that was stopped by a yank. */
export function stopped(
  right: RightRecord,
  outcome: 'yanked',
  effects: readonly Effect[],
  at: number,
): Observation {
  const sent = { id: 'stop', kind: 'yank' as const, by: 'linus', sentAt: minute(at) };
  return {
    ...right,
    effects,
    least: 0,
    scheduled: [...(right.scheduled ?? []), { activity: 'ensureYanked', at: minute(9) }],
    rest: { ...right.rest, production: right.rest.production.map((file) => ({ ...file, yanked: true })) },
    messages: [...right.messages, { ...sent, answer: { counted: true, at: minute(at) } }],
    ledger: {
      ...right.ledger,
      messages: [
        ...right.ledger.messages,
        {
          id: sent.id,
          kind: sent.kind,
          by: sent.by,
          at: minute(at),
          channel: 'update',
          counted: true,
          why: '',
        },
      ],
      outcome: { ...outcomeOf(right), outcome },
    },
  };
}
