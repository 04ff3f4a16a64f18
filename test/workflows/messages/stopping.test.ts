import { describe, expect, test } from 'vitest';

import type { MessageKind } from '../../../src/contract/messages.js';
import type { Phase, YankRecord } from '../../../src/contract/state.js';
import { receive } from '../../../src/workflows/messages.js';
import { exampleLedger } from '../../contract/example-release.js';
import { arrival, gateAt, later, send } from './sending.js';

const stopped = (kind: 'abort' | 'yank') => ({ kind, by: 'linus', at: later, reason: 'first' });

describe('abort and yank', () => {
  test.each<[MessageKind, Phase, 'abort' | 'yank' | undefined, string]>([
    ['abort', 'before-merge', 'abort', 'the release is being abandoned'],
    ['abort', 'merged', 'abort', 'the release is being abandoned'],
    ['abort', 'uploading', undefined, 'send `yank` instead'],
    ['abort', 'closed', undefined, 'the release has ended'],
    ['yank', 'before-merge', 'abort', 'counts as abort'],
    ['yank', 'merged', 'abort', 'counts as abort'],
    ['yank', 'uploading', 'yank', 'the release is being yanked'],
    ['yank', 'closed', undefined, 'send `yank` again'],
  ])('%s in the phase %s stops as %s', (kind, phase, stops, why) => {
    const ledger = exampleLedger({ phase });
    const outcome = send(ledger, kind, { reason: 'broken' });
    expect(outcome.why).toContain(why);
    expect(outcome.counted).toBe(stops !== undefined);
    expect(ledger.stop).toEqual(
      stops === undefined ? undefined : { kind: stops, by: 'grace', at: later, reason: 'broken' },
    );
  });

  test.each(['abort', 'yank'] as const)(
    'a second %s does not change who stopped the release and why',
    (kind) => {
      const ledger = exampleLedger({ phase: 'before-merge', stop: stopped('abort') });
      expect(send(ledger, kind)).toEqual({ counted: false, why: 'linus asked for abort already' });
      expect(ledger.stop).toEqual(stopped('abort'));
    },
  );

  test.each<[string, Partial<YankRecord> | undefined, boolean, string]>([
    ['before anything was seen', undefined, false, 'linus asked for yank already: it is yanked as soon as'],
    ['while nothing of it is there', {}, false, 'linus asked for yank already: it is yanked as soon as'],
    ['while the drivers are at it', { listed: true }, false, 'linus asked for yank already: the drivers are'],
    [
      'when only the index is waited for',
      { waiting: true, tries: 9 },
      true,
      'the drivers try to yank it again',
    ],
    ['after ten tries', { waiting: true, tries: 10 }, false, 'were tried again 10 times: yank by hand'],
    ['when it is yanked', { provenAt: later }, false, 'and it is yanked'],
    ['when a late file waits', { waiting: true, tries: 9, provenAt: later }, true, 'try to yank it again'],
  ])('a second yank %s', (_when, record, counted, why) => {
    const yank = record && { reason: 'first', by: 'linus', askedAt: later, ...record };
    const ledger = exampleLedger({ phase: 'uploading', stop: stopped('yank'), ...(yank && { yank }) });
    expect(send(ledger, 'yank')).toMatchObject({ counted, why: expect.stringContaining(why) as string });
    expect(send(ledger, 'yank').counted).toBe(false);
    expect(ledger.stop).toEqual(stopped('yank'));
  });

  test('a second yank answers what kept the drivers from trying at all', () => {
    const ledger = exampleLedger({
      phase: 'uploading',
      stop: stopped('yank'),
      yank: { reason: 'first', by: 'linus', askedAt: later },
      gates: [gateAt('trouble')],
    });
    expect(send(ledger, 'yank')).toEqual({ counted: true, why: 'retry at the gate trouble' });
    expect(ledger.gates[0]?.decisions).toMatchObject([{ kind: 'retry', by: 'grace' }]);
  });

  test('a yank while the record cannot be kept is told what to mend, and what cannot wait for that', () => {
    const ledger = exampleLedger({ phase: 'closed', gates: [gateAt('trouble')] });
    expect(send(ledger, 'yank').why).toContain(
      'its record cannot be kept: mend that, send `retry`, then `yank`',
    );
    expect(send(exampleLedger({ phase: 'closed' }), 'yank').why).toBe(
      'the release ended just now: send `yank` again',
    );
  });

  test('from the engine is recorded as coming from there', () => {
    const ledger = exampleLedger();
    receive(ledger, 'abort', { by: 'ada', reason: 'cancelled' }, arrival({ channel: 'engine' }));
    expect(ledger.messages[0]).toMatchObject({ channel: 'engine', counted: true });
  });

  test('leave what was asked before without an answer, however close it comes behind', () => {
    const ledger = exampleLedger({ gates: [gateAt('production')], phase: 'merged' });
    send(ledger, 'abort', { by: 'linus' });
    expect(send(ledger, 'approve')).toEqual({
      counted: false,
      why: 'the gate production is not open (open now: none)',
    });
    const published = exampleLedger({ gates: [gateAt('report')], phase: 'uploading' });
    send(published, 'yank', { by: 'linus' });
    expect(send(published, 'keep').counted).toBe(false);
    expect(published.gates[0]?.decisions).toEqual([]);
  });

  test('leave what is asked afterwards to be answered', () => {
    const stop = stopped('abort');
    const back = exampleLedger({
      gates: [gateAt('put-main-back', { openedAt: later })],
      phase: 'merged',
      stop,
    });
    expect(send(back, 'approve').counted).toBe(true);
    const trouble = exampleLedger({ gates: [gateAt('trouble')], phase: 'uploading', stop: stopped('yank') });
    expect(send(trouble, 'retry').counted).toBe(true);
  });
});

describe('a report', () => {
  test.each<[Phase, boolean]>([
    ['before-merge', false],
    ['merged', false],
    ['uploading', true],
    ['closed', false],
  ])('in the phase %s counts: %j', (phase, counted) => {
    const ledger = exampleLedger({ phase });
    expect(send(ledger, 'report', { by: 'a user', reason: 'it is slow' }).counted).toBe(counted);
    const recorded = ledger.reports.map(({ by, reason, answered }) => ({ by, reason, answered }));
    expect(recorded).toEqual(counted ? [{ by: 'a user', reason: 'it is slow', answered: false }] : []);
  });

  test('of the same person with another problem is another report', () => {
    const ledger = exampleLedger({ phase: 'uploading' });
    for (const reason of ['slow', 'wrong']) send(ledger, 'report', { by: 'a user', reason });
    expect(ledger.reports.map(({ reason }) => reason)).toEqual(['slow', 'wrong']);
  });

  test('while the release is being yanked is recorded and asks nobody', () => {
    const ledger = exampleLedger({ phase: 'uploading', stop: stopped('yank') });
    expect(send(ledger, 'report')).toEqual({
      counted: true,
      why: 'the problem is recorded; the release is being yanked already',
    });
  });
});

test('what comes without a reason is kept as such', () => {
  const ledger = exampleLedger({ phase: 'uploading' });
  receive(ledger, 'report', { by: 'a user' }, arrival());
  receive(ledger, 'yank', { by: 'grace' }, arrival());
  expect([ledger.reports[0], ledger.stop].map((kept) => kept?.reason)).toEqual([
    'no reason given',
    'no reason given',
  ]);
});
