import { describe, expect, test } from 'vitest';

import { testRequirements, type Requirements } from '../../src/config/test-requirements.js';

const read = (from: Partial<Requirements>) =>
  testRequirements({ name: 'demo-pkg', groups: undefined, extras: {}, ...from });

describe('the requirements of tests', () => {
  test.each<[string, Partial<Requirements>, string[]]>([
    ['nothing but pytest where nothing is said', {}, ['pytest']],
    ['a dependency group', { groups: { Test: ['hypothesis'], dev: ['ruff'] } }, ['hypothesis', 'pytest']],
    [
      'the groups that it includes',
      { groups: { dev: ['a', { 'include-group': 'More_Things' }], 'more-things': ['b', 'pytest[x]>=8'] } },
      ['a', 'b', 'pytest[x]>=8'],
    ],
    ['a group rather than an extra', { groups: { test: ['a'] }, extras: { test: ['b'] } }, ['a', 'pytest']],
    ['an extra', { extras: { testing: ['pytest-cov'] } }, ['pytest-cov', 'pytest']],
    [
      'the extras of the package itself, but never the package',
      { extras: { dev: ['Demo_Pkg[more, other]', 'demo-pkg'], more: ['a'], other: ['b', 'a'] } },
      ['a', 'b', 'pytest'],
    ],
  ])('are %s', (_what, from, expected) => {
    expect(read(from)).toEqual(expected);
  });

  test.each<[string, Partial<Requirements>, string]>([
    [
      'go round',
      { groups: { test: [{ 'include-group': 'b' }], b: [{ 'include-group': 'test' }] } },
      'test includes b includes test',
    ],
    [
      'lead nowhere',
      { groups: { test: [{ 'include-group': 'b' }] } },
      'includes the group b, which is not there',
    ],
    ['are of no known form', { groups: { test: 'pytest' } }, 'must hold lists'],
    ['are extras that go round', { extras: { test: ['demo-pkg[test]'] } }, 'test wants test'],
  ])('are refused where they %s', (_what, from, expected) => {
    expect(read(from)).toContain(expected);
  });
});
