import { describe, expect, test } from 'vitest';

import type { Message } from '../../../src/contract/messages.js';
import type { Terms } from '../../../src/contract/release.js';
import type { Ledger } from '../../../src/contract/state.js';
import { at, exampleLedger, withStep } from '../../contract/example-release.js';
import { gateAt, send } from './sending.js';

/** A release that ada started and that has begun. */
function begun(changes: Partial<Ledger> = {}, terms: Partial<Terms> = {}): Ledger {
  return withStep(exampleLedger(changes, terms), '01-validate-branch', { state: 'running' });
}

const amend = (ledger: Ledger, message: Partial<Message>) => send(ledger, 'amend', message);

describe('amend', () => {
  test('asks two approvers, and changes nothing before they have agreed', () => {
    const ledger = begun({ agreed: 'a'.repeat(64) });
    expect(amend(ledger, { approvers: ['ada', 'grace', 'tim'], quorum: 2 })).toEqual({
      counted: true,
      why: 'two approvers are asked whether others approve from now on',
    });
    expect(ledger.terms?.approvers).toEqual(['ada', 'grace', 'linus']);
    expect(ledger.amendments).toMatchObject([
      {
        ...{ by: 'grace', reason: 'because', approvers: ['ada', 'grace', 'tim'], quorum: 2 },
        before: { approvers: ['ada', 'grace', 'linus'], quorum: 1, agreed: 'a'.repeat(64) },
      },
    ]);
    expect(amend(ledger, { quorum: 2, by: 'linus' }).why).toBe(
      'grace asked for amend already: approve or reject that first',
    );
  });

  test('may be asked for by who started the release, and by nobody else who is no approver', () => {
    const changed = { approvers: ['grace', 'linus'] };
    expect(amend(begun({}, changed), { by: 'ada', quorum: 2 }).counted).toBe(true);
    expect(amend(begun({}, changed), { by: 'mallory', quorum: 2 }).counted).toBe(false);
  });

  test.each<[string, Partial<Message>]>([
    ['that is what holds now: say `approvers`, `quorum` or both', {}],
    ['that is what holds now: say `approvers`, `quorum` or both', { quorum: 1 }],
    ['a name of an approver is empty, or begins or ends with a blank', { approvers: ['grace', ''] }],
    ['a name of an approver is empty, or begins or ends with a blank', { approvers: ['grace', 'tim '] }],
    ['an approver is named twice', { approvers: ['grace', 'tim', 'grace'] }],
    ['a quorum of 0 is no whole number from 1 on', { quorum: 0 }],
    ['a quorum of 1.5 is no whole number from 1 on', { quorum: 1.5 }],
    [
      '3 approvals would be needed and only 2 of ada, grace, linus could give one, since ada started the release',
      { quorum: 3 },
    ],
    [
      '1 approvals would be needed and only 0 of ada could give one, since ada started the release',
      { approvers: ['ada'] },
    ],
    ['4 approvals would be needed and only 1 of grace could give one', { approvers: ['grace'], quorum: 4 }],
  ])('is refused: %s', (why, message) => {
    const ledger = begun();
    const outcome = amend(ledger, message);
    expect(outcome.counted).toBe(false);
    expect(outcome.why).toContain(why);
    expect(ledger.amendments).toBeUndefined();
  });

  test('is refused for somebody who could not sign what has to be signed', () => {
    const signatures = { demanded: ['production'] as const, signers: ['ada k', 'grace k', 'linus k'] };
    const ledger = begun({}, { signatures });
    expect(amend(ledger, { approvers: ['ada', 'grace', 'tim'] }).why).toBe(
      'approvals of production have to be signed, and this release knows no key of tim: abort it, add the key to slipway.toml, and start it again',
    );
    expect(amend(ledger, { approvers: ['ada', 'grace'] }).counted).toBe(true);
  });

  test('is refused where nobody could agree, before the release has begun, and once it is stopped', () => {
    expect(amend(begun({}, { approvers: ['grace'] }), { approvers: ['tim'] }).why).toBe(
      'it takes two approvers, and the terms name only grace',
    );
    expect(amend(exampleLedger(), { quorum: 2 }).why).toContain('the release has not begun');
    const stop = { kind: 'yank', by: 'linus', at, reason: 'broken' } as const;
    expect(amend(begun({ stop, gates: [gateAt('un-yank')] }), { quorum: 2 }).why).toBe(
      'linus asked for yank already: nobody has to approve this release any more',
    );
  });

  test.each([
    [{ approvers: 'ada,grace' }, '"approvers" must be a list of names'],
    [{ approvers: [] }, '"approvers" must be a list of names'],
    [{ approvers: ['x'.repeat(101)] }, '"approvers" must be a list of names'],
    [{ quorum: '2' }, '"quorum" must be a number'],
    [{ quorum: null }, '"quorum" must be a number'],
  ])('with %j is malformed', (message, why) => {
    expect(amend(begun(), message as unknown as Message).why).toContain(why);
  });

  test('that is repeated under its id counts once', () => {
    const ledger = begun();
    const message = { id: 'one', approvers: ['ada', 'grace', 'tim'] };
    expect(amend(ledger, message)).toEqual(amend(ledger, { ...message, approvers: [...message.approvers] }));
    expect(ledger.messages).toHaveLength(1);
    expect(amend(ledger, { ...message, approvers: ['ada', 'tim'] }).why).toBe(
      'the id one belongs to another message',
    );
  });
});
