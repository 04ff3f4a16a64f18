import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { configChanges } from '../../src/config/config-changes.js';
import { readPackageConfig, summarise, type PackageConfig } from '../../src/config/package-config.js';

type Files = Readonly<Record<string, string>>;

function read(pyproject: string, files: Files = flat): ReturnType<typeof readPackageConfig> {
  const all: Files = { ...files, 'pyproject.toml': pyproject };
  return readPackageConfig({
    pyproject,
    list: Object.keys(all),
    read: (path) => Promise.resolve(all[path]),
  });
}

async function configOf(pyproject: string, files?: Files): Promise<PackageConfig> {
  const result = await read(pyproject, files);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.config;
}

async function problemsOf(pyproject: string, files?: Files): Promise<string[]> {
  const result = await read(pyproject, files);
  return 'problems' in result ? result.problems : [];
}

const flat: Files = { 'demo_pkg/__init__.py': '', 'demo_pkg/core.py': '', 'tests/test_core.py': '' };
const plain = '[project]\nname = "demo-pkg"\nversion = "0.1.0"\n';
const dynamic = '[project]\nname = "demo-pkg"\ndynamic = ["version"]\n';

describe('the configuration of a package', () => {
  test('needs no line for a flat package with pytest', async () => {
    expect(await configOf(plain)).toEqual({
      name: 'demo-pkg',
      versionFiles: ['pyproject.toml'],
      source: 'demo_pkg',
      importName: 'demo_pkg',
      suites: { all: { command: ['pytest'], covers: [] } },
      minimumCoverage: 100,
      modes: { default: { environment: {}, secrets: [], calls: [], probe: [] } },
      applications: {},
      extras: [],
      tests: ['tests'],
      testCommand: ['pytest'],
      testRequirements: ['pytest'],
      pythons: [],
      tag: 'v{version}',
    });
  });

  test('needs no line for an src layout, and takes every literal version in', async () => {
    const config = await configOf(plain, {
      'src/demo_pkg/__init__.py': '"""Doc."""\n__version__ = "0.1.0"\n',
      'src/demo_pkg/_version.py': "__version__: str = '0.1.0'\n",
      'src/demo_pkg/version.py': 'import x\n',
      'test/test_it.py': '',
    });
    expect(config).toMatchObject({
      source: 'src',
      importName: 'demo_pkg',
      tests: ['test'],
      versionFiles: ['pyproject.toml', 'src/demo_pkg/__init__.py', 'src/demo_pkg/_version.py'],
    });
  });

  test('of the sample holds what it says', async () => {
    const sample = new URL('../../rehearsal/sample/release/', import.meta.url);
    const init = 'src/meant_it/__init__.py';
    const pyproject = await readFile(new URL('pyproject.toml', sample), 'utf8');
    const config = await configOf(pyproject, {
      [init]: await readFile(new URL(init, sample), 'utf8'),
      'tests/current/test_judge.py': '',
      'examples/chatbot/app.py': '',
    });
    expect(config).toMatchObject({
      name: 'meant-it',
      importName: 'meant_it',
      versionFiles: ['pyproject.toml', init],
      suites: {
        deprecated: { command: ['pytest', 'tests/deprecated'], covers: ['src/meant_it/deprecated.py'] },
      },
      modes: { anthropic: { environment: { LLM_PROVIDER: 'anthropic' }, secrets: ['ANTHROPIC_API_KEY'] } },
      applications: { chatbot: { path: 'examples/chatbot', mustRun: ['current', 'deprecated'] } },
    });
  });

  test('is reported with all its problems at once', async () => {
    const problems = await problemsOf(`
      [project]
      name = "demo-pkg"
      version = "0.1.0"
      [tool.slipway]
      colour = "blue"
      minimum-coverage = 101
      tag = "release"
      tests = ["../elsewhere"]
      constraints = "missing.txt"
      version-files = ["pyproject.toml", "demo_pkg/core.py"]
      [tool.slipway.suites.Current]
      command = ["pytest"]
      [tool.slipway.modes.openai]
      environment = { "A B" = "x" }
      secrets = ["key"]
      [tool.slipway.applications.bot]
      command = ["pytest"]
    `);
    const keys = problems.map((problem) => /^pyproject\.toml: ([^:]*): /.exec(problem)?.[1]);
    expect(keys).toEqual([
      'tool.slipway.suites.Current',
      'tool.slipway.modes.openai.environment.A B',
      'tool.slipway.modes.openai.secrets.0',
      'tool.slipway.applications.bot',
      'tool.slipway.tests.0',
      'tool.slipway.tag',
      'tool.slipway.minimum-coverage',
      'tool.slipway.colour',
      'tool.slipway.version-files',
      'tool.slipway.constraints',
    ]);
  });

  test.each<[string, string, Files, RegExp]>([
    [
      'a version that stands nowhere',
      dynamic,
      flat,
      /version-files: the version stands in no file .* write version = "…" under \[project\], or name the version-variable/,
    ],
    ['no version at all', '[project]\nname = "demo-pkg"\n', flat, /version-files: there is no version/],
    ['no [project]', '[tool.poetry]\nname = "x"\n', flat, /project: is missing/],
    ['no TOML', '[project', flat, /is not TOML/],
    [
      'two packages of other names',
      plain,
      { 'a/__init__.py': '', 'b/__init__.py': '', 'tests/t.py': '' },
      /import-name: a, b were found/,
    ],
    ['no package', plain, { 'other.py': '', 'tests/t.py': '' }, /or a module called like the package/],
    [
      'no tests',
      plain,
      { 'demo_pkg/__init__.py': '' },
      /tests: there is no folder tests.*such as \["checks"\]/,
    ],
    [
      'groups that include each other',
      `${plain}[dependency-groups]\ntest = [{include-group = "b"}]\nb = [{include-group = "test"}]`,
      flat,
      /test includes b includes test/,
    ],
    [
      'two literal versions in a file',
      plain,
      { ...flat, 'demo_pkg/__init__.py': '__version__ = "1"\n__version__ = "2"\n' },
      /holds 2 versions/,
    ],
    [
      'a tag that is an option',
      `${plain}[tool.slipway]\ntag = "--force{version}"`,
      flat,
      /tag: must be a name that git takes/,
    ],
    [
      'a local program for git',
      `${plain}[tool.slipway.applications.a]\nrepository = "ext::sh"`,
      flat,
      /applications\.a\.repository: must be https/,
    ],
    [
      'a Python that the package itself rules out',
      `${plain}requires-python = ">=3.11.2,<3.13"\n[tool.slipway]\npythons = ["3.11", "3.12.1", "3.13"]`,
      flat,
      /tool\.slipway\.pythons: Python 3\.13 is outside requires-python, which is >=3\.11\.2,<3\.13: take it out/,
    ],
    [
      'a Python that is too old for the tools',
      `${plain}[tool.slipway]\npythons = ["3.9"]`,
      flat,
      /pythons\.0: must be a Python from 3\.10 on/,
    ],
    [
      'a Python that stands there twice',
      `${plain}[tool.slipway]\npythons = ["3.12", "3.12"]`,
      flat,
      /pythons: must not name a Python twice/,
    ],
    [
      'no Python at all',
      `${plain}[tool.slipway]\npythons = []`,
      flat,
      /pythons: must name at least one Python/,
    ],
    [
      'a requires-python that is none',
      `${plain}requires-python = "3 or so"`,
      flat,
      /project\.requires-python: must be a version specifier/,
    ],
  ])('is refused with one sentence for %s', async (_what, pyproject, files, expected) => {
    const problems = await problemsOf(pyproject, files);
    expect(problems).toEqual([expect.stringMatching(expected)]);
  });

  test('orders its Pythons by their age, and keeps what the package itself says of them', async () => {
    const own = 'requires-python = ">=3.10"\n[tool.slipway]\npythons = ["3.12", "3.10.4", "3.10"]\n';
    const config = await configOf(plain + own);
    expect(config).toMatchObject({ pythons: ['3.10', '3.10.4', '3.12'], requiresPython: '>=3.10' });
  });

  test('has one digest for one content, and another for another', async () => {
    const digests = await Promise.all(
      ['', '[tool.slipway]\n', '[tool.slipway]\nminimum-coverage = 99\n'].map((own) => read(plain + own)),
    );
    const [first, same, other] = digests.map((result) => ('digest' in result ? result.digest : ''));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  test('is summed up for the procedure', async () => {
    expect(summarise(await configOf(plain), 'd', '0.2.0')).toEqual({
      digest: 'd',
      suites: ['all'],
      modes: ['default'],
      applications: [],
      minimumCoverage: 100,
      tag: 'v0.2.0',
    });
  });

  test('shows what changed, one line for each key', async () => {
    const before = await configOf(`${plain}[tool.slipway.modes.a]\nenvironment = { X_Y = "1" }`);
    const after = await configOf(
      `${plain}[tool.slipway]\nminimum-coverage = 90\nsuites.all.command = ["pytest"]\nmodes.b.secrets = ["KEY"]`,
    );
    expect(configChanges(before, before)).toEqual([]);
    expect(configChanges(before, after)).toEqual([
      'minimum-coverage: 100 → 90',
      'modes.a.calls: removed, it was []',
      'modes.a.environment.X_Y: removed, it was "1"',
      'modes.a.probe: removed, it was []',
      'modes.a.secrets: removed, it was []',
      'modes.b.calls: added []',
      'modes.b.probe: added []',
      'modes.b.secrets: added ["KEY"]',
    ]);
  });
});
