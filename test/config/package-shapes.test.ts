import { describe, expect, test } from 'vitest';

import { readPackageConfig, type PackageConfig } from '../../src/config/package-config.js';

type Files = Readonly<Record<string, string>>;

function read(pyproject: string, files: Files): ReturnType<typeof readPackageConfig> {
  const all: Files = { ...files, 'pyproject.toml': pyproject };
  return readPackageConfig({
    pyproject,
    list: Object.keys(all),
    read: (path) => Promise.resolve(all[path]),
  });
}

async function configOf(pyproject: string, files: Files): Promise<PackageConfig> {
  const result = await read(pyproject, files);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.config;
}

const flat: Files = { 'demo_pkg/__init__.py': '', 'demo_pkg/core.py': '', 'tests/test_core.py': '' };
const plain = '[project]\nname = "demo-pkg"\nversion = "0.1.0"\n';
const dynamic = '[project]\nname = "demo-pkg"\ndynamic = ["version"]\n';

describe('the version of a package', () => {
  test.each<[string, string, string]>([
    ['setuptools-scm', '[tool.setuptools_scm]', 'SETUPTOOLS_SCM_PRETEND_VERSION'],
    [
      'setuptools-scm without a table of its own',
      '[build-system]\nrequires = ["setuptools", "setuptools_scm[toml]>=8"]',
      'SETUPTOOLS_SCM_PRETEND_VERSION',
    ],
    ['hatch-vcs', '[tool.hatch.version]\nsource = "vcs"', 'SETUPTOOLS_SCM_PRETEND_VERSION'],
    ['pdm-backend', '[tool.pdm.version]\nsource = "scm"', 'PDM_BUILD_SCM_VERSION'],
    [
      'a backend that the service does not know',
      '[tool.slipway]\nversion-variable = "PBR_VERSION"',
      'PBR_VERSION',
    ],
  ])('stands in no file where %s makes it, and a variable tells it', async (_what, lines, expected) => {
    const config = await configOf(`${dynamic}${lines}\n`, flat);
    expect([config.versionFiles, config.versionVariable]).toEqual([[], expected]);
  });

  test.each<[string, string, Files, string]>([
    [
      'the module that __init__.py imports it from',
      dynamic,
      {
        ...flat,
        'demo_pkg/__init__.py':
          'from .core import __version__ as other\nfrom .data import (\n    x,\n    __version__,\n)\n',
        'demo_pkg/core.py': '__version__ = "17.0.0"\n',
      },
      'demo_pkg/data.py',
    ],
    [
      'where hatch looks for it',
      `${dynamic}[tool.hatch.version]\npath = "demo_pkg/data.py"\n`,
      flat,
      'demo_pkg/data.py',
    ],
    [
      'what setuptools reads as an attribute, though setuptools-scm finds its files',
      `${dynamic}[build-system]\nrequires = ["setuptools-scm"]\n[tool.setuptools.dynamic]\nversion = { attr = "demo_pkg._version.__version__" }\n`,
      { ...flat, 'demo_pkg/_version.py': '__version__ = "0.1.0"\n' },
      'demo_pkg/_version.py',
    ],
    [
      'the one module of a flat package',
      dynamic,
      { 'demo_pkg.py': '__version__ = "0.1.0"\n', 'test_demo.py': '' },
      'demo_pkg.py',
    ],
  ])('is found in %s', async (_what, pyproject, files, expected) => {
    const config = await configOf(pyproject, { 'demo_pkg/data.py': '__version__ = "0.1.0"\n', ...files });
    expect(config.versionFiles).toEqual([expected]);
    expect(config.versionVariable).toBeUndefined();
  });
});

describe('a package', () => {
  test('finds tests that lie beside pyproject.toml, and lets them be a part of the package', async () => {
    const beside = { 'demo_pkg/__init__.py': '', 'test_a.py': '', 'test_b.py': '', 'setup.py': '' };
    expect((await configOf(plain, beside)).tests).toEqual(['test_a.py', 'test_b.py']);
    const inside = { 'demo_pkg/__init__.py': '', 'demo_pkg/tests/a_test.py': '' };
    const refused = await read(plain, inside);
    expect('problems' in refused ? refused.problems : []).toEqual([
      expect.stringContaining(
        'as demo_pkg/tests/a_test.py seems to be, write tests = [] and test-command = ["pytest", "--pyargs", "demo_pkg"]',
      ),
    ]);
    expect((await configOf(`${plain}[tool.slipway]\ntests = []\n`, inside)).tests).toEqual([]);
  });

  test('holds the command that prepares a checkout, with what it needs', async () => {
    const own = '[tool.slipway]\nprepare = ["make", "po"]\nprepare-requirements = ["Babel"]\n';
    expect((await configOf(plain + own, flat)).prepare).toEqual({
      command: ['make', 'po'],
      requirements: ['Babel'],
    });
    expect((await configOf(plain, flat)).prepare).toBeUndefined();
  });
});
