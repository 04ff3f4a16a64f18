import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { canonicalJson, digestOf, short } from '../../src/contract/digest.js';

describe('canonical JSON', () => {
  test('is the same however the keys were ordered, at every depth', () => {
    const one = { b: [{ y: 1, x: 2 }], a: { d: null, c: true } };
    const other = { a: { c: true, d: null }, b: [{ x: 2, y: 1 }] };
    expect(canonicalJson(one)).toBe('{"a":{"c":true,"d":null},"b":[{"x":2,"y":1}]}');
    expect(canonicalJson(other)).toBe(canonicalJson(one));
  });

  test('keeps the order of lists, which means something', () => {
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  test('leaves out what is undefined, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }));
  });

  test('is read back as the same value', () => {
    const value = { 'a"b\n': ['ü', '\u2028', 1.5, -0.1, false], empty: {}, none: [] };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });
});

describe('a digest', () => {
  test('is the sha256 of the canonical JSON in UTF-8, as any other tool computes it', () => {
    const value = { name: 'größe', files: ['a', 'b'] };
    expect(digestOf(value)).toBe(createHash('sha256').update(canonicalJson(value)).digest('hex'));
  });

  test('changes with any change of the value', () => {
    const base = { gate: 'branch', subject: [{ label: 'commit', value: 'abc' }] };
    const changed = [
      { ...base, gate: 'merge' },
      { ...base, subject: [] },
      { ...base, subject: [{ label: 'commit', value: 'abd' }] },
      { ...base, more: null },
    ];
    expect(new Set([base, ...changed].map(digestOf)).size).toBe(changed.length + 1);
  });

  test('is read and typed by its first twelve digits', () => {
    expect(short(digestOf({}))).toBe(digestOf({}).slice(0, 12));
  });
});
