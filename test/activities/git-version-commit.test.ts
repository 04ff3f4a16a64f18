import { describe, expect, test } from 'vitest';

import { beforeGit, branch, files, makeWorld, subject, thrown, titles, type World } from './git-world.js';

const onBranch = `refs/heads/${branch}`;

async function setVersion(world: World, version = '0.2.0.dev0') {
  const source = await world.source(branch);
  const input = { source, version, subject, branch };
  return { source, input, act: () => world.activities.ensureVersionCommit(input) };
}

describe('setting a version', () => {
  test('is one commit that changes the version in every version file and nothing else', async () => {
    const world = await makeWorld();
    const { source, act } = await setVersion(world);
    const verdict = await act();
    const commit = await world.ref(onBranch);
    expect(verdict).toMatchObject({ passed: true, commit });
    await world.git('fetch', '--quiet', world.repository, branch);
    expect(await world.git('log', '-1', '--format=%s%n%P%n%an <%ae>%n%cn', 'FETCH_HEAD')).toBe(
      `Set version to 0.2.0.dev0\n${source.commit}\nSlipway <slipway@localhost>\nSlipway`,
    );
    expect(await world.git('diff', '--numstat', source.commit, 'FETCH_HEAD')).toBe(
      '1\t1\tpyproject.toml\n1\t1\tsrc/demo_pkg/__init__.py',
    );
    expect(await world.git('show', 'FETCH_HEAD:pyproject.toml')).toBe(
      (files['pyproject.toml'] ?? '').replace('0.1.0', '0.2.0.dev0').trimEnd(),
    );
  });

  test('is kept under a ref of the release, whatever becomes of the branch', async () => {
    const world = await makeWorld();
    const verdict = await (await setVersion(world)).act();
    const commit = verdict.passed ? verdict.commit : '';
    expect(await world.ref(`refs/slipway/demo-pkg/0.2.0/0.2.0.dev0/${commit.slice(0, 12)}`)).toBe(commit);
  });

  test('keeps the modes of files, their line ends and what is no ASCII', async () => {
    const world = await makeWorld();
    const text = '"""Ünïcode."""\r\n__version__ = "0.1.0"\r\n# trailing \t ';
    await world.commit({ 'src/demo_pkg/__init__.py': text });
    await world.git('update-index', '--chmod=+x', 'src/demo_pkg/__init__.py');
    await world.git('commit', '--quiet', '--message', 'Mode');
    await world.push(branch);
    const verdict = await (await setVersion(world)).act();
    await world.git('fetch', '--quiet', world.repository, branch);
    const listed = await world.git('ls-tree', 'FETCH_HEAD', 'src/demo_pkg/__init__.py');
    expect(verdict.passed && listed.startsWith('100755 blob')).toBe(true);
    const content = await world.git('cat-file', 'blob', 'FETCH_HEAD:src/demo_pkg/__init__.py');
    expect(content).toBe(text.replace('0.1.0', '0.2.0.dev0'));
  });

  test('repeated makes the same commit and changes nothing a second time', async () => {
    const world = await makeWorld();
    const { act } = await setVersion(world);
    const before = await world.changes(onBranch);
    const [first, second] = [await act(), await act()];
    expect(second).toEqual(first);
    expect((await world.changes(onBranch)) - before).toBe(1);
  });

  test('whose push was committed and whose answer was lost succeeds with one change', async () => {
    const world = await makeWorld();
    const { act } = await setVersion(world);
    const before = await world.changes(onBranch);
    await world.hook('post-receive', 'kill -9 0');
    expect(await act()).toMatchObject({ passed: true, commit: await world.ref(onBranch) });
    expect((await world.changes(onBranch)) - before).toBe(1);
  });

  test('whose push died before it was committed is retried and then succeeds', async () => {
    const world = await makeWorld();
    const { source, act } = await setVersion(world);
    await world.hook('pre-receive', 'kill -9 0');
    expect(await thrown(act())).toMatchObject({ kind: 'Error' });
    expect(await world.ref(onBranch)).toBe(source.commit);
    await world.removeHook('pre-receive');
    expect(await act()).toMatchObject({ passed: true });
  });

  test('row 4: a version commit for a branch that moved is not pushed, which is said', async () => {
    const world = await makeWorld();
    const { act } = await setVersion(world);
    const foreign = await world.commit({ 'other.txt': 'x' });
    await world.push(branch);
    expect(titles(await act())).toEqual([
      expect.stringMatching(/^The branch moved: release\/0\.2\.0 stands at /),
    ]);
    expect(await world.ref(onBranch)).toBe(foreign);
    expect(await world.ref('refs/slipway/')).toBeUndefined();
  });

  test('row 4: a push between our look and our push is spared, and said', async () => {
    const world = await makeWorld();
    const { act } = await setVersion(world);
    const foreign = await world.commit({ 'other.txt': 'x' });
    const push = `-C ${world.folder}/work push --quiet ${world.repository} ${foreign}:${onBranch}`;
    await beforeGit(world, (git) => `case " $* " in *" push "*) ${git} ${push};; esac`);
    expect(titles(await act())).toEqual([expect.stringMatching(/^The branch moved: /)]);
    expect(await world.ref(onBranch)).toBe(foreign);
    expect(await world.ref('refs/slipway/')).toBeUndefined();
  });

  test('row 5: a branch that is gone is not made again by the version commit', async () => {
    const world = await makeWorld();
    const { act } = await setVersion(world);
    await world.git('push', '--quiet', world.repository, `:${onBranch}`);
    expect(titles(await act())).toEqual([
      expect.stringMatching(/^The branch release\/0\.2\.0 is gone: push it again/),
    ]);
    expect(await world.ref(onBranch)).toBeUndefined();
  });

  test('row 10: a protected branch is an operator failure in the words of the remote', async () => {
    const world = await makeWorld();
    const { source, act } = await setVersion(world);
    await world.hook('pre-receive', 'echo "GH006: Protected branch update failed" >&2; exit 1');
    const { kind, message } = await thrown(act());
    expect(kind).toBe('operator');
    expect(message).toMatch(
      /refused the push: pre-receive hook declined: GH006: Protected branch update failed\./,
    );
    expect(message).toMatch(/was not changed\.|were not changed\./);
    expect(await world.ref(onBranch)).toBe(source.commit);
  });

  test('that stands in no file leaves an empty commit on the branch, which can be merged and taken back', async () => {
    const world = await makeWorld();
    const tagged = '[project]\nname = "demo-pkg"\ndynamic = ["version"]\n[tool.setuptools_scm]\n';
    await world.commit({ 'pyproject.toml': tagged, 'src/demo_pkg/__init__.py': '' });
    await world.push('main');
    await world.push(branch);
    const { source, act } = await setVersion(world);
    const [first, second] = [await act(), await act()];
    expect(second).toEqual(first);
    expect(first.evidence[0]?.what).toMatch(
      /^SETUPTOOLS_SCM_PRETEND_VERSION=0\.2\.0\.dev0 tells it to the build/,
    );
    const commit = (await world.ref(onBranch)) ?? '';
    await world.git('fetch', '--quiet', world.repository, branch);
    expect(await world.git('log', '-1', '--format=%s %P', 'FETCH_HEAD')).toBe(
      `Set version to 0.2.0.dev0 ${source.commit}`,
    );
    expect(await world.git('diff', '--stat', source.commit, 'FETCH_HEAD')).toBe('');

    const { activities, repository } = world;
    const at = { ...source, commit };
    const proposal = { source: at, base: 'main', branch, subject, title: 'Release', body: '' };
    const proposed = await activities.ensurePullRequest(proposal);
    if (!proposed.passed) throw new Error(JSON.stringify(proposed.findings));
    const { pullRequest } = proposed;
    const where = { repository, base: 'main', branch, subject };
    await activities.ensureMerged({ ...where, pullRequest, reviews: [] });
    const merge = { ...source, commit: pullRequest.merge };
    const final = await activities.ensureVersionCommit({ source: merge, version: '0.2.0', subject });
    expect(final).toMatchObject({ passed: true, commit: pullRequest.merge });
    const { previous, head } = pullRequest;
    const merges = [{ commit: pullRequest.merge, previous, head }];
    const taken = { ...where, merges, final: pullRequest.merge, tag: 'v0.2.0', reason: 'it breaks' };
    expect(await activities.ensureRevertMade(taken)).toMatchObject({ passed: true });
  });

  test('that stands there already leaves an empty commit on the branch, and without a branch none', async () => {
    const world = await makeWorld();
    const { source, input, act } = await setVersion(world, '0.1.0');
    const { branch: _branch, ...kept } = input;
    expect(await world.activities.ensureVersionCommit(kept)).toMatchObject({ commit: source.commit });
    const [first, second] = [await act(), await act()];
    expect(second).toEqual(first);
    expect(first).toMatchObject({ passed: true, commit: await world.ref(onBranch) });
    await world.git('fetch', '--quiet', world.repository, branch);
    expect(await world.git('log', '-1', '--format=%s %P', 'FETCH_HEAD')).toBe(
      `Set version to 0.1.0 ${source.commit}`,
    );
    expect(await world.git('diff', '--stat', source.commit, 'FETCH_HEAD')).toBe('');
  });

  test('without a branch touches no branch', async () => {
    const world = await makeWorld();
    const { source, input } = await setVersion(world);
    const { branch: _branch, ...kept } = input;
    const verdict = await world.activities.ensureVersionCommit({ ...kept, version: '0.2.0' });
    const commit = verdict.passed ? verdict.commit : '';
    expect(await world.ref(onBranch)).toBe(source.commit);
    expect(await world.ref(`refs/slipway/demo-pkg/0.2.0/0.2.0/${commit.slice(0, 12)}`)).toBe(commit);
  });

  test('at a commit with another configuration than the agreed one is an integrity failure', async () => {
    const world = await makeWorld();
    const { input } = await setVersion(world);
    const source = { ...input.source, config: '0'.repeat(64) };
    expect(await thrown(world.activities.ensureVersionCommit({ ...input, source }))).toMatchObject({
      kind: 'integrity',
    });
  });
});
