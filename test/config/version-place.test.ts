import { describe, expect, test } from 'vitest';

import { readVersion, writeVersion } from '../../src/config/version-place.js';

describe('a version in a file', () => {
  test.each([
    [
      'pyproject.toml',
      '[build-system]\nrequires = []\n[project]\nname = "x"\r\nversion = "0.1.0" # here\n[tool.x]\nversion = "9"\n',
    ],
    ['pyproject.toml', '[tool.x]\nversion = "9"\n\n[ project ]\nversion=\'0.1.0\'\n'],
    [
      'a/__init__.py',
      '"""x"""\nfrom b import __version__ as other\n__version__ = "0.1.0"  # version = "9"\n',
    ],
    ['a/_version.py', "__version__: Final[str] = '0.1.0'\n"],
  ])('is read and written in %s without touching anything else', (file, content) => {
    expect(readVersion(file, content)).toBe('0.1.0');
    expect(writeVersion(file, content, '0.2.0.dev0')).toBe(content.replace('0.1.0', '0.2.0.dev0'));
  });

  test.each([
    [
      'pyproject.toml',
      '[project]\nname = "x"\n[tool.x]\nversion = "1"\n',
      /holds no version: write version = "…" under \[project\]/,
    ],
    ['pyproject.toml', 'project = { name = "x", version = "1" }\n', /holds no version/],
    ['a.py', '__version__ = get()\n', /holds no version: write __version__/],
    ['a.py', '    __version__ = "1"\n', /holds no version/],
    ['a.py', '__version__ = "1"\n__version__ = "2"\n', /holds 2 versions/],
  ])('that cannot be told is refused with what to write (%s)', (file, content, expected) => {
    expect(() => readVersion(file, content)).toThrow(expected);
  });

  test('inside a text of several lines is not taken for the real one', () => {
    const content = '[project]\nname = "x"\ndescription = """\nversion = "1"\n"""\n';
    expect(() => writeVersion('pyproject.toml', content, '2')).toThrow(/could not be changed alone/);
  });
});
