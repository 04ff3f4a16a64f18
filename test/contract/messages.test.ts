import { describe, expect, test } from 'vitest';

import { malformed, messageHelp, messageKinds } from '../../src/contract/messages.js';

/** A right message of each kind. */
const right = { by: 'grace', gate: 'branch', digest: 'abcdef012345', reason: 'because' };

describe.each(messageKinds)('%s', (kind) => {
  test('takes the message that its help shows', () => {
    const shown = /Input: (\{.*?\})/.exec(messageHelp[kind])?.[1] ?? '';
    expect(malformed(kind, JSON.parse(shown))).toBeUndefined();
  });

  test('takes every field', () => {
    const message = { ...right, id: '1', expires: '2026-03-01T12:00:00Z', signature: 'sig' };
    expect(malformed(kind, message)).toBeUndefined();
  });

  test.each([undefined, null, 'grace', 7, [right]])('does not take %j, and shows what it takes', (input) => {
    expect(malformed(kind, input)).toMatch(new RegExp(`^${kind} takes one JSON object: \\{"by":"you"`));
  });

  test.each([{}, { by: '' }, { by: '  ' }])('wants to know who says it: %j', (who) => {
    expect(malformed(kind, { ...right, by: undefined, ...who })).toContain('"by" is missing');
  });

  test.each(['id', 'by', 'gate', 'digest', 'reason', 'expires', 'signature'])(
    'takes %s only as a text',
    (field) => {
      expect(malformed(kind, { ...right, [field]: 7 })).toBe(`"${field}" must be a text`);
      expect(malformed(kind, { ...right, [field]: null })).toBe(`"${field}" must be a text`);
      expect(malformed(kind, { ...right, [field]: { toString: () => 'x' } })).toBe(
        `"${field}" must be a text`,
      );
    },
  );

  test('takes no text that would fill the ledger', () => {
    expect(malformed(kind, { ...right, reason: 'x'.repeat(4000) })).toBeUndefined();
    expect(malformed(kind, { ...right, reason: 'x'.repeat(4001) })).toContain('"reason" is longer than 4000');
  });

  test('takes no empty id, under which every message would be the same', () => {
    expect(malformed(kind, { ...right, id: '' })).toContain('"id" is empty');
  });
});

describe('an expiry', () => {
  test.each(['2026-03-01T12:00Z', '2026-03-01T12:00:00.123Z', '2026-03-01T12:00:00+02:00'])(
    '%s is a moment everywhere',
    (expires) => {
      expect(malformed('yank', { ...right, expires })).toBeUndefined();
    },
  );

  test.each(['', 'tomorrow', '1', '2026', '2026-03-01', '2026-03-01T12:00:00', '2026-13-01T12:00:00Z'])(
    '%j is not, and the answer says how to write it',
    (expires) => {
      expect(malformed('yank', { ...right, expires })).toContain('such as 2026-01-31T12:00:00Z');
    },
  );
});

describe('an answer to a gate', () => {
  test.each([
    ['approve', 'gate'],
    ['approve', 'digest'],
    ['reject', 'gate'],
    ['reject', 'digest'],
  ] as const)('%s is bound by its %s', (kind, field) => {
    expect(malformed(kind, { ...right, [field]: undefined })).toContain(
      `${kind} needs the gate and the digest`,
    );
  });

  test.each(['fix', 'report', 'keep', 'retry', 'abort', 'yank'] as const)('%s needs neither', (kind) => {
    expect(malformed(kind, { by: 'grace' })).toBeUndefined();
  });
});
