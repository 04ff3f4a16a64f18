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
      /has the branches main, release\/0\.2\.0\.\nIt has no branch release\/9\.\nPush release\/9/,
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
