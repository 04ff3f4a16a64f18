import { describe, expect, test } from 'vitest';

import type { YankRecord } from '../../../src/contract/state.js';
import { exampleLedger } from '../../contract/example-release.js';
import { later, send } from './sending.js';

const askedAt = '2026-03-01T12:00:00.000Z';
const proven: YankRecord = { reason: 'broken', by: 'grace', askedAt, provenAt: askedAt };
const undo = { reason: 'a mistake', by: 'ada', askedAt };
const stop = { kind: 'yank' as const, by: 'grace', at: askedAt, reason: 'broken' };

function yankedLedger(yank: Partial<YankRecord> = {}, terms: Parameters<typeof exampleLedger>[1] = {}) {
  return exampleLedger({ phase: 'uploading', stop, yank: { ...proven, ...yank } }, terms);
}

describe('un-yank', () => {
  test('of somebody who started the release, or may approve it, has two people asked', () => {
    const ledger = yankedLedger();
    const message = { by: 'ada', reason: 'it was another version' };
    expect(send(ledger, 'un-yank', message)).toMatchObject({ counted: true });
    expect(ledger.yank?.unYanks).toEqual([{ ...message, askedAt: later }]);
    expect(send(yankedLedger(), 'un-yank', { by: 'mallory' })).toMatchObject({ counted: false });
  });

  const index = exampleLedger().terms?.production;
  if (index === undefined) throw new Error('the example has terms');
  test.each([
    [
      'before the index says yanked',
      exampleLedger({ phase: 'uploading', stop }),
      'there is nothing to take back',
    ],
    ['that is asked for already', yankedLedger({ unYanks: [undo] }), 'ada asked for un-yank already'],
    [
      'that two have approved',
      yankedLedger({ unYanks: [{ ...undo, approvedBy: ['ada', 'linus'] }] }),
      'has been taken back already',
    ],
    [
      'on an index that cannot yank',
      yankedLedger({}, { production: { ...index, yanks: false } }),
      'files that were removed do not come back',
    ],
    ['with one approver', yankedLedger({}, { approvers: ['grace'] }), 'it takes two approvers'],
  ])('%s does not count, and says why', (_when, ledger, why) => {
    const before = structuredClone(ledger.yank);
    const outcome = send(ledger, 'un-yank');
    expect(outcome.counted).toBe(false);
    expect(outcome.why).toContain(why);
    expect(ledger.yank).toEqual(before);
  });

  test('may be asked for again after a rejection', () => {
    const ledger = yankedLedger({ unYanks: [{ ...undo, rejectedBy: 'linus' }] });
    expect(send(ledger, 'un-yank')).toMatchObject({ counted: true });
    expect(ledger.yank?.unYanks).toHaveLength(2);
  });
});

test('a yank counts again once two people have agreed to take it back, and both stay on record', () => {
  const unYanks = [{ ...undo, approvedBy: ['ada', 'linus'] }];
  const ledger = yankedLedger({ unYanks });
  expect(send(ledger, 'yank', { by: 'linus', reason: 'it was none' })).toMatchObject({ counted: true });
  expect(ledger.formerYanks).toEqual([{ ...proven, unYanks }]);
  expect(ledger.yank).toEqual({ by: 'linus', reason: 'it was none', askedAt: later });
  expect(ledger.stop).toEqual(stop);
  expect(send(yankedLedger({ unYanks: [undo] }), 'yank')).toMatchObject({ counted: false });
});
