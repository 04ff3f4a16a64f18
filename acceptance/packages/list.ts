import { appended, renamed, replaced, withoutPublishing } from './edits.js';
import { pins } from './pins.js';
import { cachetools, environs, humanize, iniconfig, pytestMock, sqlparse } from './projects.js';
import type { RealPackage } from './real-package.js';

const humanizeWrites = `[tool.slipway]
tag = "{version}"
minimum-coverage = 98
tests = ["tests", "scripts", "src/humanize"]
test-command = ["pytest", "tests"]
`;

/** The packages, in the order in which they are played. */
export const packages: readonly RealPackage[] = [
  { name: 'cachetools', ...cachetools, shape: 'src layout' },
  {
    name: 'cachetools/readme.rst',
    ...cachetools,
    shape: 'readme in another letter case',
    changes: [renamed('README.rst', 'readme.rst')],
    stoppedBy:
      /The description is empty in .*README\.rst named in pyproject\.toml is missing \(other letter case: readme\.rst\)/s,
  },
  {
    name: 'sqlparse',
    ...sqlparse,
    shape: 'flat layout, a little under 100 %',
    stoppedBy: /^union of the suites: 9\d\.\d+ % covered, and 100 % is demanded.*sqlparse\/\S+\.py: \d/s,
  },
  {
    name: 'sqlparse/lowered',
    ...sqlparse,
    shape: 'the same, with its own threshold',
    writes: `[tool.slipway]
minimum-coverage = 94
test-requirements = ["pytest"]
`,
  },
  {
    name: 'tomlkit',
    sdist: pins.tomlkit,
    release: '0.16.0',
    builtBy: 'poetry-core',
    versionIn: 'two files',
    shape: 'flat layout',
    writes: `[tool.slipway]
minimum-coverage = 90
test-requirements = ["pytest", "PyYAML"]
`,
  },
  {
    name: 'pyproject-hooks',
    sdist: pins.pyprojectHooks,
    release: '1.4.0',
    builtBy: 'flit',
    versionIn: 'module',
    shape: 'tests run it in subprocesses',
    writes: `[tool.slipway]
minimum-coverage = 91
test-requirements = ["pytest", "testpath", "setuptools"]

[tool.coverage.run]
patch = ["subprocess"]
`,
  },
  {
    name: 'idna',
    sdist: pins.idna,
    release: '3.21',
    builtBy: 'flit',
    versionIn: 'module',
    shape: 'another module holds its version',
    writes: `[tool.slipway]
minimum-coverage = 96
test-requirements = ["pytest", "hypothesis"]
`,
  },
  {
    name: 'iniconfig',
    ...iniconfig,
    shape: 'a workflow uploads by itself',
    stoppedBy:
      /^\.github\/workflows\/test\.yml:\d+ publishes by itself \(pypa\/gh-action-pypi-publish\) on a pushed tag/,
  },
  {
    name: 'iniconfig/one-uploader',
    ...iniconfig,
    shape: 'pytest itself needs it',
    changes: [withoutPublishing('test.yml', '  publish-to-pypi:')],
  },
  {
    name: 'pytest-repeat',
    sdist: pins.pytestRepeat,
    release: '0.10.0',
    builtBy: 'hatchling',
    versionIn: 'git tag',
    shape: 'one flat module, a pytest plugin',
    writes: `[tool.slipway]
minimum-coverage = 87
`,
    changes: [withoutPublishing('pypi-package.yml')],
  },
  { name: 'pytest-mock', ...pytestMock, shape: 'a pytest plugin, coloured output' },
  {
    name: 'pytest-mock/broken',
    ...pytestMock,
    shape: 'a pytest plugin that kills pytest',
    changes: [
      appended(
        'the plugin imports what is not there, as soon as pytest has started it',
        'src/pytest_mock/__init__.py',
        '\n\ndef pytest_cmdline_main(config):\n    from pytest_mock import gone  # noqa: F401\n',
      ),
    ],
    stoppedBy:
      /^suite all: the test runner died before its summary \(exit code \d\): ImportError: cannot import name 'gone'/,
  },
  {
    name: 'humanize',
    ...humanize,
    shape: 'ships fewer files, and is green',
    writes: humanizeWrites,
  },
  {
    name: 'humanize/prepared',
    ...humanize,
    shape: 'compiles its translations first',
    writes: `${humanizeWrites}prepare = ["pybabel", "compile", "--directory", "src/humanize/locale", "--domain", "humanize"]
prepare-requirements = ["Babel"]
`,
  },
  {
    name: 'colorama',
    sdist: pins.colorama,
    release: '0.5.0',
    builtBy: 'hatchling',
    versionIn: 'module',
    shape: 'the tests are part of the package',
    writes: `[tool.slipway]
minimum-coverage = 66
tests = []
test-command = ["pytest", "--pyargs", "colorama"]
`,
  },
  {
    name: 'sphinxcontrib-serializinghtml',
    sdist: pins.sphinxcontribSerializinghtml,
    release: '2.1.0',
    base: 'master',
    builtBy: 'flit',
    versionIn: 'module',
    shape: 'a namespace package, an extra',
    writes: `[tool.slipway]
minimum-coverage = 60
extras = ["standalone"]
`,
  },
  {
    name: 'jaraco-functools',
    sdist: pins.jaracoFunctools,
    release: '4.7.0',
    builtBy: 'setuptools',
    versionIn: 'git tag',
    shape: 'a namespace without a module',
    changes: [withoutPublishing('main.yml', '  release:\n')],
    stoppedBy: /^jaraco\/functools holds no Python file but __init__\.py.* nothing would be measured/,
  },
  {
    name: 'environs',
    ...environs,
    shape: 'a dependency broke it: a fix',
    writes: `[tool.slipway]
minimum-coverage = 0
`,
    fix: replaced(
      'marshmallow is held below 4 in its dependencies',
      'pyproject.toml',
      '"marshmallow>=3.13.0"',
      '"marshmallow>=3.13.0,<4"',
    ),
  },
  {
    name: 'environs/constraints',
    ...environs,
    shape: 'the same, with constraints',
    writes: `[tool.slipway]
minimum-coverage = 0
constraints = "constraints.txt"
`,
    changes: [
      ...environs.changes,
      appended('constraints.txt says marshmallow<4', 'constraints.txt', 'marshmallow<4\n'),
    ],
  },
  {
    name: 'pytest-timeout',
    sdist: pins.pytestTimeout,
    release: '2.6.0',
    builtBy: 'setuptools',
    versionIn: 'setup.cfg',
    shape: 'its metadata is in setup.cfg',
    stoppedBy: /^pyproject\.toml: project: is missing: write name, version and the rest/,
  },
];
