import { describe, expect, test } from 'vitest';

import {
  devVersion,
  isFinal,
  lineOf,
  nameProblem,
  nextDevNumber,
  nextFreeVersion,
  normaliseName,
  normaliseVersion,
  sortVersions,
  unpinnedRequirement,
  versionProblem,
} from '../../src/contract/version.js';

describe('a version to release', () => {
  test.each(['0.2.0', '1.0', '2024.1.2', '0.2.0b4', '1.0rc1', '1.0.post1', '1!2.0'])(
    '%s is right',
    (version) => {
      expect(versionProblem(version)).toBeUndefined();
    },
  );

  test.each([
    ['latest', '"latest" is not a version after PEP 440: write for example 0.2.0 or 1.0.0rc1'],
    ['', '"" is not a version after PEP 440: write for example 0.2.0 or 1.0.0rc1'],
    ['1.0 ', '"1.0 " is not a version after PEP 440: write for example 0.2.0 or 1.0.0rc1'],
    ['v1.0', '"v1.0" is not normalised after PEP 440: write 1.0'],
    ['1.0.0-1', '"1.0.0-1" is not normalised after PEP 440: write 1.0.0.post1'],
    ['1.0.0RC1', '"1.0.0RC1" is not normalised after PEP 440: write 1.0.0rc1'],
    ['2024.01.02', '"2024.01.02" is not normalised after PEP 440: write 2024.1.2'],
    [
      '1.0.dev0',
      '"1.0.dev0" is a development version: give the version to release, the service adds .devN itself',
    ],
    [
      '1.0.post1.dev2',
      '"1.0.post1.dev2" is a development version: give the version to release, the service adds .devN itself',
    ],
    ['1.0+local', '"1.0+local" has a local part (+…), which no index accepts: leave it out'],
  ])('%j is refused with the remedy', (version, problem) => {
    expect(versionProblem(version)).toBe(problem);
  });

  test('has its own form as development version, also where it is a pre-release', () => {
    expect(devVersion('0.2.0', 3)).toBe('0.2.0.dev3');
    expect(devVersion('0.2.0b4', 0)).toBe('0.2.0b4.dev0');
    expect(normaliseVersion(devVersion('0.2.0b4', 0))).toBe('0.2.0b4.dev0');
  });
});

describe('the next N', () => {
  test('is 0 where nothing is taken', () => {
    expect(nextDevNumber('0.2.0', [])).toBe(0);
  });

  test('is above every taken one, however they are ordered and whatever lies between', () => {
    expect(nextDevNumber('0.2.0', ['0.2.0.dev10', '0.2.0.dev9', '0.2.0.dev0'])).toBe(11);
  });

  test('does not count other versions', () => {
    const others = ['0.2.0', '0.2.1.dev7', '10.2.0.dev7', '0.2.0b4.dev7', '0.2.0.dev7+local', '0.2.0.devx'];
    expect(nextDevNumber('0.2.0', others)).toBe(0);
    expect(nextDevNumber('0.2.0b4', others)).toBe(8);
  });
});

describe('a package name', () => {
  test('is normalised after PEP 503', () => {
    expect(normaliseName('LLM__app.-Test')).toBe('llm-app-test');
  });

  test.each(['a', 'llm-app-test', '0-9'])('%s is right', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  test.each([
    ['LLM_App.Test', '"LLM_App.Test" is not normalised: write llm-app-test'],
    ['-a', 'beginning and ending with a letter or digit'],
    ['a b', 'is not a package name'],
    ['', 'is not a package name'],
    ['a/../b', 'is not a package name'],
    ['a\n', 'is not a package name'],
    ['naïve', 'is not a package name'],
  ])('%j is refused with the remedy', (name, problem) => {
    expect(nameProblem(name)).toContain(problem);
  });
});

describe('a line of versions', () => {
  test.each([
    ['1.4.7', '1.4'],
    ['1.4.6.post1', '1.4'],
    ['1.4', '1.4'],
    ['1.40.0', '1'],
    ['1', '1'],
    ['2.0.0rc1', undefined],
    ['1!1.4.7', undefined],
  ])('of %s is %s', (version, line) => {
    expect(lineOf(version, ['1', '1.4', '1.4.0.1'])).toBe(line);
  });
});

describe('what users ask for who do not pin', () => {
  test.each([
    ['1.4.7', ['1.4.6', '1.4.7', '2.1.0rc1'], 'demo'],
    ['1.4.7', ['1.4.6', '1.4.7', '2.0.0', '2.1.0'], 'demo<2.0.0'],
    ['1.4.6.post1', ['1.4.6', '1.4.6.post1', '2.0.0rc1', '2.0.0'], 'demo<2.0.0'],
    ['2.0.0rc1', ['1.4.6', '2.0.0rc1'], 'demo>=2.0.0rc1'],
    ['2.0.0rc1', ['1.4.6', '2.0.0rc1', '2.0.0rc2', '2.0.0'], 'demo>=2.0.0rc1,<2.0.0rc2'],
    ['2.0.0rc1', ['2.0.0rc1', '2.0.0'], undefined],
    ['2.0.0rc1', ['2.0.0rc1', '2.0.0.post1'], undefined],
    ['2.0.0rc1', ['2.0.0rc1', '3.0.0'], 'demo>=2.0.0rc1,<3.0.0'],
  ])('%s beside %j is %s', (version, listed, requirement) => {
    expect(unpinnedRequirement('demo', version, listed)).toBe(requirement);
  });
});

describe('versions', () => {
  test('are final when they are neither pre-releases nor development releases', () => {
    const versions = ['1.0', '1.0.post1', '1.0rc1', '1.0.dev1', '1.0.post1.dev1', 'latest'];
    expect(versions.filter(isFinal)).toEqual(['1.0', '1.0.post1']);
  });

  test('are ordered after PEP 440, and what is none is left out', () => {
    const ordered = [
      '0.2.0.dev0',
      '0.2.0a1.dev3',
      '0.2.0a1',
      '0.2.0b3',
      '0.2.0b4.dev0',
      '0.2.0b4',
      '0.2.0',
      '0.2.0.post1.dev0',
      '0.10.0',
    ];
    expect(sortVersions([...ordered.toReversed(), 'latest'])).toEqual(ordered);
  });

  test('keep their local part when they are normalised, and texts that are none stay as they are', () => {
    expect(normaliseVersion('v1.0+Abc')).toBe('1.0+abc');
    expect(normaliseVersion('latest')).toBe('latest');
  });
});

test.each([
  ['0.2.0', ['0.2.0', '0.2.2'], '0.2.1'],
  ['0.2.0', ['0.2.0', '0.2.1', '0.2.2'], '0.2.3'],
  ['1.0rc1', ['1.0rc1'], '1.0rc2'],
  ['1.0.post1', [], '1.0.post2'],
])('the next version after %s where %j are taken is %s', (version, taken, next) => {
  expect(nextFreeVersion(version, taken)).toBe(next);
});
