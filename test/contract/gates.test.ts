import { describe, expect, test } from 'vitest';

import { answerOf, type Decision } from '../../src/contract/gates.js';
import type { MessageKind } from '../../src/contract/messages.js';
import { at, exampleGate } from './example-release.js';

const said = (kind: MessageKind, by: string): Decision => ({
  message: `${kind} ${by}`,
  kind,
  by,
  at,
  channel: 'update',
});

describe('the answer of a gate', () => {
  test('is missing while nobody has said anything', () => {
    expect(answerOf(exampleGate())).toBeUndefined();
  });

  test('is missing until the quorum is reached, and then the approval that reached it', () => {
    const decisions = [said('approve', 'grace')];
    expect(answerOf(exampleGate({ quorum: 2, decisions }))).toBeUndefined();
    const both = [...decisions, said('approve', 'linus')];
    expect(answerOf(exampleGate({ quorum: 2, decisions: both }))).toEqual(said('approve', 'linus'));
  });

  test('is whatever is not an approval, from one person, whichever came first', () => {
    const approvals = [said('approve', 'grace'), said('approve', 'linus')];
    const reject = said('reject', 'ada');
    for (const decisions of [
      [reject, ...approvals],
      [approvals[0], reject, approvals[1]],
      [...approvals, reject],
    ])
      expect(answerOf(exampleGate({ quorum: 2, decisions: decisions as Decision[] }))).toEqual(reject);
  });

  test.each(['reject', 'fix', 'retry', 'keep'] as const)('takes no quorum for %s', (kind) => {
    expect(answerOf(exampleGate({ quorum: 3, decisions: [said(kind, 'grace')] }))).toEqual(
      said(kind, 'grace'),
    );
  });
});
