import { describe, expect, test } from 'vitest';

import { branch, files, makeWorld, subject, thrown, titles } from './git-world.js';

const input = (repository: string, name = branch) => ({ repository, branch: name, ...subject });

describe('reading a release branch', () => {
  test('pins it to its head with its configuration', async () => {
    const world = await makeWorld();
    const head = await world.git('rev-parse', 'HEAD');
    expect(await world.activities.readBranch(input(world.repository))).toEqual({
      passed: true,
      head: {
        commit: head,
        config: expect.objectContaining({ suites: ['all'], minimumCoverage: 100, tag: 'v0.2.0' }) as unknown,
        configChanges: [],
      },
      evidence: [
        { what: `release/0.2.0 stands at ${head}` },
        { what: 'pyproject.toml and src/demo_pkg/__init__.py say 0.1.0' },
      ],
    });
  });

  test('sees a push that came after the first look', async () => {
    const world = await makeWorld();
    await world.source(branch);
    const next = await world.commit({ 'src/demo_pkg/core.py': 'x = 1\n' });
    await world.push(branch);
    expect((await world.source(branch)).commit).toBe(next);
  });

  test('shows what changed in the configuration since the candidate before', async () => {
    const world = await makeWorld({ 'least-coverage': 90 });
    const previous = await world.source(branch);
    await world.commit({
      'pyproject.toml': `${files['pyproject.toml'] ?? ''}[tool.slipway]\nminimum-coverage = 90\n`,
    });
    await world.push(branch);
    const verdict = await world.activities.readBranch({ ...input(world.repository), previous });
    expect(verdict).toMatchObject({ passed: true, head: { configChanges: ['minimum-coverage: 100 → 90'] } });
  });

  test('names the commits since the candidate before, also where that was rewritten away', async () => {
    const world = await makeWorld();
    const previous = await world.source(branch);
    const mended = await world.commit({ 'src/demo_pkg/core.py': 'x = 1\n' }, 'Mend x\n\nIt was wrong.');
    await world.push(branch);
    const commitsSince = async (before: typeof previous) => {
      const verdict = await world.activities.readBranch({ ...input(world.repository), previous: before });
      return verdict.passed ? verdict.head.commits : [];
    };
    expect(await commitsSince(previous)).toEqual([`${mended.slice(0, 12)} Mend x`]);
    expect(await commitsSince({ ...previous, commit: 'd'.repeat(40) })).toEqual([
      'all: dddddddddddd is not there any more',
    ]);
    const side = await world.source('main');
    await world.git('checkout', '--quiet', '-b', 'side', side.commit);
    const aside = await world.commit({ 'src/demo_pkg/core.py': 'x = 2\n' }, 'Aside');
    await world.push('side');
    expect(await commitsSince({ ...previous, commit: aside })).toEqual([
      `the branch was rewritten: ${aside.slice(0, 12)} is not in it`,
      `${mended.slice(0, 12)} Mend x`,
      expect.any(String),
    ]);
  });

  test('hands on what its changelog says of the version, or what has to be written there', async () => {
    const world = await makeWorld();
    const changelogOf = async (changes: Record<string, string>) => {
      await world.commit(changes);
      await world.push(branch);
      const verdict = await world.activities.readBranch(input(world.repository));
      return verdict.passed ? verdict.head.changelog : verdict.findings;
    };
    const unreleased = await changelogOf({ 'CHANGELOG.md': '## Unreleased\n- A thing.\n' });
    expect(unreleased).toEqual({
      problem: 'CHANGELOG.md has no entry for 0.2.0: rename its heading "Unreleased", so that it says 0.2.0',
    });
    const entry = await changelogOf({ 'CHANGELOG.md': '## 0.2.0\n- A thing.\n' });
    expect(entry).toEqual({ file: 'CHANGELOG.md', text: '- A thing.' });
    const pyproject = files['pyproject.toml'] ?? '';
    const none = { 'pyproject.toml': `${pyproject}[tool.slipway]\nchangelog = false\n` };
    expect(await changelogOf(none)).toBeUndefined();
    const other = { 'pyproject.toml': `${pyproject}[tool.slipway]\nchangelog = "WHATSNEW.md"\n` };
    expect(await changelogOf(other)).toEqual([
      expect.objectContaining({
        title: expect.stringContaining('WHATSNEW.md is not in the repository') as string,
      }),
    ]);
    expect(await changelogOf({ 'WHATSNEW.md': '# v0.2\nAll new.\n' })).toEqual({
      ...{ file: 'WHATSNEW.md', text: 'All new.' },
    });
  });

  test('has nothing to say of a changelog that is still in fragments', async () => {
    const world = await makeWorld();
    await world.commit({ 'CHANGELOG.md': '# Old\n', 'newsfragments/1.feature.md': 'A thing.\n' });
    await world.push(branch);
    expect(await world.activities.readBranch(input(world.repository))).toMatchObject({
      head: { changelog: { note: 'the changelog is still in fragments (newsfragments/): not read' } },
    });
  });

  test('refuses a coverage below what the service allows, since a branch cannot lower its own gate', async () => {
    const world = await makeWorld({ 'least-coverage': 95 });
    await world.commit({
      'pyproject.toml': `${files['pyproject.toml'] ?? ''}[tool.slipway]\nminimum-coverage = 90\n`,
    });
    await world.push(branch);
    const verdict = await world.activities.readBranch(input(world.repository));
    expect(titles(verdict)).toEqual([expect.stringContaining('allows no less than 95')]);
  });

  test('that does not exist is an operator failure which names those that do', async () => {
    const world = await makeWorld();
    const { kind, message } = await thrown(world.activities.readBranch(input(world.repository, 'release/9')));
    expect(kind).toBe('operator');
    expect(message).toMatch(
      /has the branches main, release\/0\.2\.0\.\nnot done: It has no branch release\/9\.\nnext: Push release\/9/,
    );
  });

  test('finds everything that is wrong at once', async () => {
    const world = await makeWorld();
    await world.commit({
      'pyproject.toml': '[project]\nname = "other"\nversion = "0.1.1"\n',
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = https://forge.example/x\n',
    });
    await world.push(branch);
    await world.git('tag', 'v0.2.0');
    await world.git('push', '--quiet', world.repository, 'v0.2.0');
    const verdict = await world.activities.readBranch(input(world.repository));
    expect(titles(verdict)).toEqual([
      'The repository has submodules, which are never fetched: put their files into it',
      'pyproject.toml names the package other and not demo-pkg: mend project.name, or start the release of other',
      'The version files disagree: write the same version into each of them',
      expect.stringMatching(/^The tag v0\.2\.0 exists already, at [0-9a-f]{12}: /),
    ]);
  });

  test('finds a submodule that has no .gitmodules', async () => {
    const world = await makeWorld();
    await world.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendored`);
    await world.git('commit', '--quiet', '--message', 'Link');
    await world.push(branch);
    const verdict = await world.activities.readBranch(input(world.repository));
    expect(verdict).toMatchObject({ passed: false, findings: [{ detail: 'vendored' }] });
  });

  test.each([
    ['no pyproject.toml', { 'pyproject.toml': undefined }, /pyproject\.toml is not at the top/],
    ['a broken one', { 'pyproject.toml': '[project' }, /pyproject\.toml is not TOML/],
    [
      'a wrong key',
      { 'pyproject.toml': `${files['pyproject.toml'] ?? ''}[tool.slipway]\nx = 1\n` },
      /tool\.slipway\.x: is no key/,
    ],
    [
      'bytes that are no text',
      { 'src/demo_pkg/__init__.py': Buffer.from('__version__ = "0.1.0"  # \xff', 'latin1') },
      /__init__\.py is not UTF-8 text/,
    ],
  ])('finds %s', async (_what, changes, expected) => {
    const world = await makeWorld();
    await world.commit(changes);
    await world.push(branch);
    const verdict = await world.activities.readBranch(input(world.repository));
    expect(titles(verdict)).toEqual([expect.stringMatching(expected)]);
  });

  test('of a repository that is not there is an operator failure', async () => {
    const world = await makeWorld();
    const { kind, message } = await thrown(
      world.activities.readBranch(input(`file://${world.folder}/none.git`)),
    );
    expect(kind).toBe('operator');
    expect(message).toMatch(/Mend the address or the credentials/);
  });

  test('of a server that does not answer is retried', async () => {
    const world = await makeWorld();
    const { kind, message } = await thrown(world.activities.readBranch(input('https://127.0.0.1:1/x.git')));
    expect(kind).toBe('Error');
    expect(message).toMatch(/could not reach/);
  });

  test('hands no name to git that it could take for an option or another ref', async () => {
    const { activities, repository } = await makeWorld();
    for (const name of ['--upload-pack=x', '-x', 'a..b', 'a\nb', 'x.lock', 'a//b', '.x', 'a/', ''])
      expect((await thrown(activities.readBranch(input(repository, name)))).kind).toBe('refused');
  });

  test('starts git with no address that could run a program or holds a password', async () => {
    const { activities } = await makeWorld();
    const addresses = [
      'ext::sh -c id',
      '--upload-pack=x',
      '-x',
      'http://forge.example/x',
      'https://me:pw@forge.example/x',
    ];
    for (const address of addresses)
      expect((await thrown(activities.readBranch(input(address)))).kind).toBe('refused');
  });
});
