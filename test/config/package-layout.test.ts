import { describe, expect, test } from 'vitest';

import { findLayout, packageFolder, type Layout } from '../../src/config/package-layout.js';

describe('the layout of a package', () => {
  test.each<[string, string[], { source?: string; importName?: string }, Layout]>([
    [
      'a flat package',
      ['demo_pkg/__init__.py', 'tests/__init__.py'],
      {},
      { importName: 'demo_pkg', source: 'demo_pkg' },
    ],
    [
      'a package in src',
      ['src/demo_pkg/__init__.py', 'other/__init__.py'],
      {},
      { importName: 'demo_pkg', source: 'src' },
    ],
    [
      'the only package, whatever it is called',
      ['other/__init__.py', 'docs/__init__.py'],
      {},
      { importName: 'other', source: 'other' },
    ],
    [
      'the one of its name among others',
      ['a/__init__.py', 'Demo_Pkg/__init__.py'],
      {},
      { importName: 'Demo_Pkg', source: 'Demo_Pkg' },
    ],
    [
      'a namespace package',
      ['demo/pkg/__init__.py', 'demo/pkg/sub/__init__.py'],
      {},
      { importName: 'demo.pkg', source: 'demo/pkg' },
    ],
    [
      'a single module beside pyproject.toml',
      ['demo_pkg.py', 'setup.py', 'test_demo_pkg.py'],
      {},
      { importName: 'demo_pkg', source: 'demo_pkg.py' },
    ],
    [
      'a package beside a module of its name',
      ['demo_pkg.py', 'demo_pkg/__init__.py'],
      {},
      { importName: 'demo_pkg', source: 'demo_pkg' },
    ],
    [
      'a source that is a module',
      ['other.py', 'setup.py'],
      { source: 'other.py' },
      { importName: 'other', source: 'other.py' },
    ],
    ['a single module in src', ['src/demo_pkg.py'], {}, { importName: 'demo_pkg', source: 'src' }],
    [
      'a source that is the package',
      ['lib/__init__.py', 'demo_pkg/__init__.py'],
      { source: 'lib' },
      { importName: 'lib', source: 'lib' },
    ],
    [
      'a source that holds the package',
      ['lib/demo_pkg/__init__.py'],
      { source: 'lib' },
      { importName: 'demo_pkg', source: 'lib' },
    ],
    [
      'an import name in src',
      ['src/a/__init__.py', 'src/b/__init__.py'],
      { importName: 'a' },
      { importName: 'a', source: 'src' },
    ],
    [
      'an import name beside pyproject.toml',
      ['a/b/__init__.py'],
      { importName: 'a.b' },
      { importName: 'a.b', source: 'a/b' },
    ],
  ])('is found for %s', (_what, files, given, expected) => {
    expect(findLayout(files, 'demo-pkg', given)).toEqual(expected);
  });

  test.each([
    [
      ['a/__init__.py', 'b/__init__.py'],
      'a, b were found beside pyproject.toml, and none is called like demo-pkg',
    ],
    [['other.py', 'tests/__init__.py'], 'no package with an __init__.py was found beside pyproject.toml'],
    [['src/a.py', 'src/b.py'], 'a, b were found in src/'],
  ])('of %j is asked for', (files, expected) => {
    expect(findLayout(files, 'demo-pkg', {})).toContain(expected);
  });

  test('tells the folder of the package itself', () => {
    expect(packageFolder(['src/a/b/__init__.py'], { source: 'src', importName: 'a.b' })).toBe('src/a/b');
    expect(packageFolder(['a/__init__.py'], { source: 'a', importName: 'a' })).toBe('a');
    expect(packageFolder(['src/a.py'], { source: 'src', importName: 'a' })).toBeUndefined();
  });
});
