import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { createArtifactActivities } from '../../src/activities/build.js';
import { createEquivalencePart } from '../../src/activities/equivalence.js';
import { inspectDistribution } from '../../src/activities/support/distribution.js';
import type { Manifest, Source } from '../../src/contract/release.js';
import type { Verdict } from '../../src/contract/verdict.js';
import { makeBench } from './support/bench.js';
import { loseFile } from './support/losing.js';
import {
  atVersion,
  fixture,
  makeRepository,
  pyprojectWith,
  type Files,
  type Repository,
} from './support/repository.js';

let bench: Awaited<ReturnType<typeof makeBench>>;
let repository: Repository;

beforeAll(async () => {
  bench = await makeBench();
});

beforeEach(async () => {
  repository = await makeRepository();
});

afterEach(() => repository.close());
afterAll(() => bench.close());

async function build(source: Source, version: string, on = bench): Promise<Verdict<{ manifest: Manifest }>> {
  return createArtifactActivities(on).buildArtifacts({ source, package: 'fx-demo', version });
}

async function built(source: Source, version: string, on = bench): Promise<Manifest> {
  const verdict = await build(source, version, on);
  if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
  return verdict.manifest;
}

function findings(verdict: Verdict): string[] {
  return verdict.passed ? [] : verdict.findings.map(({ title, detail = '' }) => `${title}\n${detail}`);
}

describe('a build', () => {
  test('keeps one wheel and one sdist, and is never made again', async () => {
    const source = await repository.commit(fixture);
    const manifest = await built(source, '1.0.0.dev0');
    expect(manifest.files.map(({ filename, kind }) => [filename, kind])).toEqual([
      ['fx_demo-1.0.0.dev0-py3-none-any.whl', 'wheel'],
      ['fx_demo-1.0.0.dev0.tar.gz', 'sdist'],
    ]);
    for (const { sha256, size } of manifest.files) expect(await bench.store.get(sha256)).toHaveLength(size);
    // Where there is nothing to build from, only what was kept can be the answer.
    await rename(repository.folder, `${repository.folder}-away`);
    expect(await built(source, '1.0.0.dev0')).toEqual(manifest);
    await rename(`${repository.folder}-away`, repository.folder);
  });

  test('row 68: a build of which a file is lost is made again only where nobody was given any of it', async () => {
    const source = await repository.commit(atVersion('1.0.0'));
    const manifest = await built(source, '1.0.0');
    const sdist = manifest.files.find(({ kind }) => kind === 'sdist')?.sha256 ?? '';
    await loseFile(path.join(bench.settings.state, 'store'), sdist);
    await expect(build(source, '1.0.0')).rejects.toMatchObject({ type: 'integrity' });
    const { buildArtifacts } = createArtifactActivities(bench);
    const again = await buildArtifacts({ source, package: 'fx-demo', version: '1.0.0', anew: true });
    if (!again.passed) throw new Error(JSON.stringify(again.findings));
    for (const { sha256 } of again.manifest.files) await bench.store.get(sha256);
    expect(await built(source, '1.0.0')).toEqual(again.manifest);
  });

  test('gives the same wheel and the same toolchain whatever the umask is', async () => {
    const source = await repository.commit({ ...fixture, 'src/fx_demo/more.py': 'x = 1\n' });
    const umask = process.umask(0o077);
    const other = await makeBench();
    try {
      const [one, two] = [await built(source, '1.0.0.dev0'), await built(source, '1.0.0.dev0', other)];
      expect(one.files[0]).toEqual(two.files[0]);
      expect(one.toolchain).toBe(two.toolchain);
    } finally {
      process.umask(umask);
      await other.close();
    }
  });

  test('that cannot be published is refused with everything that is wrong', async () => {
    const setup = `
from setuptools import Distribution, setup


class Compiled(Distribution):
    def has_ext_modules(self):
        return True


setup(distclass=Compiled)
`;
    const source = await repository.commit({
      ...Object.fromEntries(Object.entries(fixture).filter(([name]) => name !== 'README.md')),
      'readme.md': '# A fixture\n',
      'setup.py': setup,
      'MANIFEST.in': 'include src/fx_demo/.env src/fx_demo/server.key\n',
      'src/fx_demo/.env': 'KEY=1\n',
      'src/fx_demo/server.key': '-----BEGIN RSA PRIVATE KEY-----\n',
    });
    const found = findings(await build(source, '1.0.0.dev1')).join('\n\n');
    expect(found).toMatch(
      /The build made .*fx_demo-1\.0\.0\.dev0-cp.*one sdist and one pure wheel \(py3-none-any\)/,
    );
    expect(found).toContain('says it is fx-demo 1.0.0.dev0, but fx-demo 1.0.0.dev1 is to be released');
    expect(found).toContain('README.md named in pyproject.toml is missing (other letter case: readme.md)');
    expect(found).toContain('fx_demo/.env may hold secrets and must not be published');
    expect(found).toContain('fx_demo/server.key is a private key and must not be published');
    expect(found).toContain('twine check --strict does not pass');
  });

  test('that fails shows the end of what it printed', async () => {
    const source = await repository.commit({ ...fixture, 'setup.py': 'raise SystemExit("no flux")\n' });
    const verdict = await build(source, '1.0.0.dev0');
    expect(findings(verdict)).toEqual([expect.stringMatching(/^python -m build failed\n[^]*no flux/)]);
    expect(findings(verdict).join()).not.toContain(bench.settings.state);
  });

  test('ships what its own command prepares, which may change nothing of the commit', async () => {
    const slipway = (command: string) =>
      pyprojectWith(
        '[tool.slipway]\n',
        `[tool.slipway]\nprepare = ["python", "-c", ${JSON.stringify(command)}]\nprepare-requirements = ["iniconfig"]\n`,
      );
    const write = (name: string) => `import iniconfig, pathlib; pathlib.Path('${name}').write_text('hei\\n')`;
    const prepared = await repository.commit({
      ...fixture,
      ...pyprojectWith('["greeting.txt"]', '["*.txt"]'),
      ...slipway(write('src/fx_demo/other.txt')),
      'MANIFEST.in': 'include src/fx_demo/*.txt\n',
    });
    const manifest = await built(prepared, '1.0.0.dev0');
    const sdist = await bench.store.get(manifest.files[1]?.sha256 ?? '');
    const file = path.join(repository.folder, '..', manifest.files[1]?.filename ?? '');
    await writeFile(file, sdist);
    const inspected = await inspectDistribution(bench, file);
    await rm(file);
    expect(inspected.entries.map((entry) => entry.path)).toContain(
      'fx_demo-1.0.0.dev0/src/fx_demo/other.txt',
    );

    const changing = await repository.commit({ ...fixture, ...slipway(write('README.md')) });
    expect(findings(await build(changing, '1.0.0.dev0'))).toEqual([
      expect.stringMatching(/^prepare \(python .*\) changes files of the commit.*\nREADME\.md$/s),
    ]);
    const failing = await repository.commit({ ...fixture, ...slipway('import nothing_like_it') });
    expect(findings(await build(failing, '1.0.0.dev0'))).toEqual([
      expect.stringMatching(/^prepare \(.*\) failed: ModuleNotFoundError: No module named 'nothing_like_it'/),
    ]);
    const absent = await repository.commit({
      ...fixture,
      ...pyprojectWith('[tool.slipway]\n', '[tool.slipway]\nprepare = ["no-such-program"]\n'),
    });
    expect(findings(await build(absent, '1.0.0.dev0'))).toEqual([
      expect.stringMatching(/^prepare \(no-such-program\) failed: env: .*no-such-program/),
    ]);
  });

  test('does not start from a commit that holds built files', async () => {
    const source = await repository.commit({
      ...fixture,
      'src/fx_demo.egg-info/PKG-INFO': 'Name: fx-demo\n',
    });
    expect(findings(await build(source, '1.0.0.dev0'))).toEqual([
      expect.stringContaining(
        'remove dist and *.egg-info from the repository\nsrc/fx_demo.egg-info/PKG-INFO',
      ),
    ]);
  });
});

test('the final files pass when they differ from the candidate only in version, and nothing else may', async () => {
  const { checkVersionOnly } = createEquivalencePart(bench);
  const candidate = await built(await repository.commit(atVersion('1.0.0.dev0')), '1.0.0.dev0');
  const source = await repository.commit(atVersion('1.0.0'));
  const final = await built(source, '1.0.0');
  const verdict = await checkVersionOnly({ candidate, final, source });
  expect(findings(verdict)).toEqual([]);
  expect(verdict.evidence[0]?.what).toContain('are those of 1.0.0.dev0, but for the version');

  const elsewhere = { ...final, toolchain: '0'.repeat(64) };
  expect(findings(await checkVersionOnly({ candidate, final: elsewhere, source }))).toEqual([
    expect.stringContaining('built with other tools'),
  ]);

  const changed = await repository.commit({
    ...atVersion('1.0.0'),
    'src/fx_demo/greeting.txt': 'hello!\n',
    'src/fx_demo/__init__.py': '"""A fixture, 1.0.0."""\n\n__version__ = "1.0.0"\n',
  });
  const different = await checkVersionOnly({ candidate, final: await built(changed, '1.0.0'), source });
  expect(findings(different).map((line) => line.trim())).toEqual([
    "fx_demo/__init__.py differs from the candidate's by more than the version",
    "fx_demo/greeting.txt differs from the candidate's by more than the version",
    "fx_demo-1.0.0/src/fx_demo/__init__.py differs from the candidate's by more than the version",
    "fx_demo-1.0.0/src/fx_demo/greeting.txt differs from the candidate's by more than the version",
  ]);
});

/** The fixture with its version from the git tag, and a module that the build writes it into. */
const tagged: Files = {
  ...fixture,
  ...pyprojectWith(
    /requires = \[.*\]|version = "1\.0\.0\.dev0"/g,
    (text) =>
      text.startsWith('requires')
        ? 'requires = ["setuptools>=77", "setuptools-scm>=8"]'
        : 'dynamic = ["version"]',
    '\n[tool.setuptools_scm]\nversion_file = "src/fx_demo/_version.py"\n',
  ),
  'src/fx_demo/__init__.py': 'from fx_demo._version import __version__\n',
  '.gitignore': '_version.py\n',
};

test('a version from the git tag is told to the build, and the files that it makes may differ in it alone', async () => {
  const { checkVersionOnly } = createEquivalencePart(bench);
  const source = await repository.commit(tagged);
  const [candidate, final] = [await built(source, '1.0.0rc1.dev0'), await built(source, '1.0.0rc1')];
  expect(final.files.map(({ filename }) => filename)).toEqual([
    'fx_demo-1.0.0rc1-py3-none-any.whl',
    'fx_demo-1.0.0rc1.tar.gz',
  ]);
  expect(findings(await checkVersionOnly({ candidate, final, source }))).toEqual([]);
});

test('what such a build writes by more than the version is no less a finding', async () => {
  const { checkVersionOnly } = createEquivalencePart(bench);
  const stamped = await repository.commit({
    ...tagged,
    'setup.py':
      "import os, setuptools\nversion = os.environ['SETUPTOOLS_SCM_PRETEND_VERSION']\nopen('src/fx_demo/greeting.txt', 'w').write(f'{len(version)}')\nsetuptools.setup()\n",
  });
  const one = await built(stamped, '1.0.0rc1.dev0');
  const other = await built(stamped, '1.0.0rc1');
  expect(findings(await checkVersionOnly({ candidate: one, final: other, source: stamped }))).toEqual([
    expect.stringContaining("fx_demo/greeting.txt differs from the candidate's by more than the version"),
    expect.stringContaining("greeting.txt differs from the candidate's by more than the version"),
  ]);
});
