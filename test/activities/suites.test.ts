import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { createSuiteActivities } from '../../src/activities/suites.js';
import type { BuildActivities } from '../../src/contract/activities.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import { addressOf, makeBench } from './support/bench.js';
import { fixture, makeRepository, pyprojectWith, type Files, type Repository } from './support/repository.js';
import { startMain } from './support/stand-ins.js';

let bench: Awaited<ReturnType<typeof makeBench>>;
let main: IndexStandIn;
let repository: Repository;

beforeAll(async () => {
  bench = await makeBench({ secrets: { FX_KEY: 'sk-canary-1' } });
  main = await startMain(['fx-demo']);
  repository = await makeRepository();
});

afterAll(async () => {
  await Promise.all([bench.close(), main.close(), repository.close()]);
});

type Verdict = Awaited<ReturnType<BuildActivities['checkSuites']>>;

async function checkSuites(changes: Files): Promise<Verdict> {
  const source = await repository.commit({ ...fixture, ...changes });
  return createSuiteActivities(bench).checkSuites({ source, main: addressOf('main', main) });
}

function titles(verdict: Verdict): string[] {
  return verdict.passed ? [] : verdict.findings.map(({ title }) => title);
}

/** The page that a kept HTML report opens with. */
async function firstPage(zip: Buffer | undefined): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-coverage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, 'kept.zip'), zip ?? '');
  execFileSync(path.join(bench.tools, 'python'), ['-m', 'zipfile', '-e', 'kept.zip', '.'], { cwd: folder });
  return readFile(path.join(folder, 'coverage-html', 'index.html'), 'utf8');
}

test('covered suites pass, each against its own files, and leave nothing behind', async () => {
  const addopts = '[tool.pytest.ini_options]\naddopts = "--cov=src --cov-fail-under=100"\n';
  const verdict = await checkSuites(pyprojectWith('["pytest"]', '["pytest", "pytest-cov"]', addopts));
  expect(titles(verdict)).toEqual([]);
  expect(verdict.evidence.map(({ what }) => what)).toEqual([
    'current: 2 tests, 100 % of 1 declared file',
    'deprecated: 1 test, 100 % of 1 declared file',
    'union: 100 % of 10 lines, 100 % of 2 branches',
    'coverage as HTML (zip)',
  ]);
  const [, , table, pages] = await Promise.all(
    verdict.evidence.map(async ({ digest }) => (digest === undefined ? undefined : bench.store.get(digest))),
  );
  expect(table?.toString('utf8').match(/src\/fx_demo\/\w+\.py.*/g)).toEqual([
    'src/fx_demo/core.py *',
    'src/fx_demo/old.py     2',
    'src/fx_demo/core.py   8-10, 14',
    'src/fx_demo/old.py *',
    'src/fx_demo/core.py *',
    'src/fx_demo/old.py *',
  ]);
  expect(await firstPage(pages)).toContain('core.py');
  expect(await readdir(path.join(bench.settings.state, 'work'))).toEqual([]);
});

/** The XML that is kept of a suite for a coverage service. */
async function xmlOf(verdict: Verdict, suite: string): Promise<string> {
  const reports = verdict.passed ? verdict.coverage.reports : [];
  const kept = reports.find((report) => report.suite === suite);
  return (await bench.store.get(kept?.digest ?? '')).toString('utf8');
}

test('what each suite measured is kept for a service, with neither the time nor the place of the run', async () => {
  const verdict = await checkSuites({});
  expect(verdict).toMatchObject({ coverage: { lines: 10, covered: 10 } });
  const xml = await xmlOf(verdict, 'deprecated');
  expect(xml).toMatch(/filename="src\/fx_demo\/core\.py"[^]*<line number="8" hits="0"\/>/);
  expect(xml).not.toMatch(/timestamp|\/w-\d|__init__|condition-coverage/);
});

test('the kept report names files from the top whatever the package measures, and its branches if it does', async () => {
  const run = '[tool.coverage.run]\nsource = ["src"]\nbranch = true\nparallel = true\n';
  const xml = await xmlOf(await checkSuites(pyprojectWith('["pytest"]', '["pytest"]', run)), 'deprecated');
  expect(xml).toMatch(/filename="src\/fx_demo\/core\.py"[^]*condition-coverage="/);
});

test('what is not covered is named by file and line, for each suite and for all together', async () => {
  const lines = Array.from({ length: 300 }, (_, at) => `    x${at} = ${at}`).join('\n');
  const verdict = await checkSuites({
    'src/fx_demo/core.py': `${fixture['src/fx_demo/core.py'] ?? ''}\n\ndef long(short):\n${lines}\n    if short:\n        return x1\n`,
    'tests/deprecated/test_long.py':
      'from fx_demo.core import long\n\n\ndef test_it_is_long():\n    long(False)\n',
    // A folder without __init__.py is one that coverage.py does not look into by itself.
    'src/fx_demo/apart/alone.py': 'x = 1\n',
    ...pyprojectWith(
      'covers = ["src/fx_demo/old.py"]',
      'covers = ["src/fx_demo/o*.py", "src/fx_demo/gone.py"]',
    ),
  });
  expect(titles(verdict)).toEqual([
    expect.stringMatching(
      /^suite current: 2\.\d+ % covered, and 100 % is demanded: src\/fx_demo\/core\.py 18-319$/,
    ),
    'suite deprecated: src/fx_demo/gone.py, which it is declared to cover, is no file of src',
    'union of the suites: src/fx_demo/apart/alone.py was not measured at all',
    expect.stringMatching(
      /^union of the suites: 99\.\d+ % covered, and 100 % is demanded: src\/fx_demo\/core\.py 319$/,
    ),
  ]);
  expect(verdict.passed ? [] : verdict.findings.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(
      /^src\/fx_demo\/core\.py: 18-319\nsrc\/fx_demo\/core\.py\n {4}18 {6}x0 = 0\n[^]*\n… and \d+ more lines$/,
    ),
    undefined,
    undefined,
    'src/fx_demo/core.py: 319\nsrc/fx_demo/core.py\n   319          return x1',
  ]);
});

test('a suite that proves nothing never passes, whatever its runner exits with', async () => {
  const suites = {
    unittest: '["unittest", "discover", "-s", "checks", "-p", "check_*.py"]',
    'unittest-none': '["python", "-m", "unittest", "discover", "-s", "checks", "-p", "none_*.py"]',
    script: '["checks/quiet.py"]',
    none: '["pytest", "checks/empty"]',
    skipped: '["pytest", "checks/skipped"]',
    crash: '["pytest", "checks/crash"]',
    needy: '["pytest", "checks/needy"]',
    coloured: '["checks/coloured.py"]',
    plugin: '["pytest", "checks/plugin"]',
    failing: '["coverage", "run", "-m", "pytest", "checks/failing"]',
  };
  const tables = Object.entries(suites).map(
    ([name, command]) => `[tool.slipway.suites.${name}]\ncommand = ${command}\n`,
  );
  const verdict = await checkSuites({
    ...pyprojectWith(/\[tool\.slipway\.suites[^]*?(?=\[tool\.slipway\.modes)/, '', tables.join('\n')),
    'checks/check_it.py': 'import unittest\nclass It(unittest.TestCase):\n    def test_it(self): pass\n',
    'checks/quiet.py': 'print("all is well")\n',
    'checks/empty/notes.txt': 'nothing\n',
    'checks/skipped/test_s.py': 'import pytest\n@pytest.mark.skip\ndef test_s(): pass\n',
    'checks/crash/test_c.py': 'import os\ndef test_c(): os._exit(0)\n',
    'checks/needy/test_n.py': 'import nothing_like_it\n',
    'checks/coloured.py': 'print("\\x1b[32mRan 3 tests\\x1b[0m in 0.1s")\n',
    'checks/plugin/conftest.py':
      'def pytest_runtest_makereport(item, call): raise RuntimeError("broken plugin")\n',
    'checks/plugin/test_p.py': 'def test_p(): pass\n',
    'checks/failing/test_f.py': 'import os\ndef test_f(): assert os.environ["FX_KEY"] == "x"\n',
  });
  expect(titles(verdict)).toEqual([
    'suite unittest-none: no test was run',
    'suite script: the test runner died before its summary (exit code 0): all is well',
    'suite none: no test was run',
    'suite skipped: every test was skipped',
    expect.stringMatching(/^suite crash: the test runner died before its summary \(exit code 0\): \S/),
    "suite needy: checks.needy.test_n failed: ModuleNotFoundError: No module named 'nothing_like_it', at checks/needy/test_n.py:1 (name what brings it under test-requirements in [tool.slipway])",
    expect.stringMatching(/^suite plugin: pytest::internal failed: .*broken plugin/),
    expect.stringMatching(/^suite failing: checks\.failing\.test_f::test_f failed: AssertionError/),
  ]);
  expect(JSON.stringify(verdict)).not.toContain('sk-canary-1');
  const last = verdict.passed ? undefined : verdict.findings.at(-1);
  expect(last?.detail).toContain('[secret]');
  expect((await bench.store.get(last?.log ?? '')).toString('utf8')).not.toContain('sk-canary-1');
});

test('one flat module is measured, in subprocesses too where the package says so, and nothing that a build makes', async () => {
  const pyproject = `
[build-system]
requires = ["setuptools>=77", "setuptools-scm>=8"]
build-backend = "setuptools.build_meta"

[project]
name = "fx-demo"
dynamic = ["version"]
readme = "README.md"

[tool.setuptools]
py-modules = ["fx_demo"]

[tool.setuptools_scm]
version_file = "made.py"

[tool.coverage.run]
patch = ["subprocess"]

[tool.slipway]
test-requirements = ["pytest", "pluggy"]
prepare = ["python", "-c", "open('prepared.txt', 'w').write('1')"]
`;
  const test = `
import importlib.metadata
import pathlib
import subprocess
import sys

import fx_demo


def test_it():
    assert importlib.metadata.version("fx-demo") == "1.0.0"
    assert pathlib.Path("prepared.txt").exists()
    assert fx_demo.said("here") == "here"
    assert subprocess.check_output([sys.executable, "-m", "fx_demo"]) == b"there\\n"
`;
  const source = await repository.commit({
    'pyproject.toml': pyproject,
    'README.md': '# A fixture\n',
    '.gitignore': 'made.py\n',
    'fx_demo.py':
      'def said(word):\n    return word\n\n\nif __name__ == "__main__":\n    print(said("there"))\n',
    'test_fx_demo.py': test,
  });
  const verdict = await createSuiteActivities(bench).checkSuites({ source, main: addressOf('main', main) });
  expect(titles(verdict)).toEqual([]);
  expect(verdict.evidence.map(({ what }) => what)).toContain('union: 100 % of 4 lines, 100 % of 2 branches');
});

test('a package whose code is all in __init__.py is refused with what it can do, and passes if it demands nothing', async () => {
  const everything = {
    'src/fx_demo/core.py': undefined,
    'src/fx_demo/old.py': undefined,
  };
  const init = `${fixture['src/fx_demo/core.py'] ?? ''}\n${fixture['src/fx_demo/old.py'] ?? ''}\n__version__ = "1.0.0.dev0"\n`;
  const files = Object.fromEntries(Object.entries(fixture).filter(([name]) => !(name in everything)));
  const own = (lines: string) =>
    pyprojectWith(/\[tool\.slipway\.suites[^]*?(?=\[tool\.slipway\.modes)/, '')['pyproject.toml']?.replace(
      '[tool.slipway]\n',
      `[tool.slipway]\n${lines}`,
    ) ?? '';
  const test = 'import fx_demo\ndef test_it(): assert fx_demo.tell("x") == "x"\n';
  const check = async (lines: string) => {
    const changed = {
      'pyproject.toml': own(lines),
      'src/fx_demo/__init__.py': init,
      'tests/test_all.py': test,
    };
    const kept = Object.entries(files).filter(([name]) => !name.startsWith('tests/'));
    const source = await repository.commit({ ...Object.fromEntries(kept), ...changed });
    return createSuiteActivities(bench).checkSuites({ source, main: addressOf('main', main) });
  };
  expect(titles(await check(''))).toEqual([
    expect.stringMatching(/^src holds no Python file but __init__\.py, .* set minimum-coverage = 0/),
  ]);
  const verdict = await check('minimum-coverage = 0\n');
  expect(titles(verdict)).toEqual([]);
  expect(verdict.evidence.map(({ what }) => what)).toContain('the package demands only 0 % coverage');
});
