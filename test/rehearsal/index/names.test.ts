import { describe, expect, test } from 'vitest';
import { isPrerelease, parseWheelFilename, quoted, releaseKey } from '../../../rehearsal/index/names.js';

describe('a release', () => {
  test.each([
    ['1.0', '1'],
    ['1.0.0', '1'],
    ['v1.0.0.DEV3', '1.dev3'],
    ['1.10.0', '1.10'],
    ['1.0.10', '1.0.10'],
    ['2!1.0.0', '2!1'],
    ['1.0.0-1', '1.post1'],
    ['1.0.0rc0', '1rc0'],
    ['0.0', '0'],
  ])('%s is known as %s', (version, key) => {
    expect(releaseKey(version)).toBe(key);
  });

  test.each([
    ['1.0', false],
    ['1.0.post1', false],
    ['1.0a1', true],
    ['1.0.dev0', true],
    ['1.0.post1.dev0', true],
  ])('%s is a pre-release: %s', (version, answer) => {
    expect(isPrerelease(version)).toBe(answer);
  });
});

describe('the filename of a wheel', () => {
  test('says the distribution, the version and the platforms', () => {
    expect(parseWheelFilename('a_b-1.0.0-1x-py3-none-win32.win_amd64.whl')).toEqual({
      distribution: 'a_b',
      version: '1.0.0',
      platforms: ['win32', 'win_amd64'],
    });
  });

  test.each([
    ['a.whl', "Invalid wheel filename (wrong number of parts): 'a'"],
    ['a-1.0-py3.whl', "Invalid wheel filename (wrong number of parts): 'a-1.0-py3'"],
    ['a__b-1.0-py3-none-any.whl', "Invalid project name: 'a__b-1.0-py3-none-any'"],
    ['a-one-py3-none-any.whl', "Invalid wheel filename (invalid version): 'a-one-py3-none-any'"],
  ])('%s is refused', (filename, problem) => {
    expect(parseWheelFilename(filename)).toEqual({ problem });
  });
});

test.each([
  ['plain', "'plain'"],
  ["it's", `"it's"`],
  [`it's "so"`, `'it\\'s "so"'`],
  ['back\\slash\n', "'back\\\\slash\\n'"],
])('%j is quoted as Python quotes it', (text, expected) => {
  expect(quoted(text)).toBe(expected);
});
