import { describe, expect, test } from 'vitest';

import type { PullRequest } from '../../src/contract/activities.js';
import { branch, makeWorld, subject, thrown, titles, type World } from './git-world.js';

async function propose(world: World) {
  const source = await world.source(branch);
  const input = { source, base: 'main', branch, subject, title: 'Release demo-pkg 0.2.0', body: '' };
  return world.activities.ensurePullRequest(input);
}

async function open(world: World): Promise<PullRequest> {
  const verdict = await propose(world);
  if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
  return verdict.pullRequest;
}

const merge = (world: World, pullRequest: PullRequest) =>
  world.activities.ensureMerged({
    repository: world.repository,
    base: 'main',
    branch,
    pullRequest,
    reviews: [],
    subject,
  });

describe('a pull request', () => {
  test('holds the merge that it would make, for any worker to check out', async () => {
    const world = await makeWorld();
    const [main, head] = [await world.ref('refs/heads/main'), await world.ref(`refs/heads/${branch}`)];
    const pullRequest = await open(world);
    expect(pullRequest).toMatchObject({ previous: main, head, checks: 'own' });
    expect(await world.ref(`refs/slipway/demo-pkg/0.2.0/merge/${pullRequest.merge.slice(0, 12)}`)).toBe(
      pullRequest.merge,
    );
    expect(await world.ref('refs/heads/main')).toBe(main);
    expect(await open(world)).toEqual(pullRequest);
  });

  test('wants badges and links of Codecov to show main, and says where one does not', async () => {
    const world = await makeWorld();
    await world.commit({
      'README.md':
        'ok https://codecov.io/gh/o/r/branch/main/graph/badge.svg?token=x\n\n![x](https://codecov.io/gh/o/r/branch/release/0.2.0/graph/badge.svg)\n',
      'docs/deep/index.rst': '.. image:: https://codecov.io/gh/o/r/branch/release%2F0.2.0/graph/badge.svg\n',
      'docs/more.md':
        '<a href="https://app.codecov.io/gh/o/r/branch/develop">x</a> https://codecov.io/gh/o/r?branch=old\n',
      'docs/code.py': '# https://codecov.io/gh/o/r/branch/other/graph/badge.svg\n',
      'docs/plain.md':
        'https://forge.example/branch/other/ https://codecov.io/gh/o/r https://codecov.io/gh/o/r/branch/main\n',
    });
    await world.push(branch);
    expect(titles(await propose(world))).toEqual([
      'README.md:3: a Codecov badge or link shows the branch release/0.2.0: make it show main',
      'docs/deep/index.rst:1: a Codecov badge or link shows the branch release/0.2.0: make it show main',
      'docs/more.md:1: a Codecov badge or link shows the branch develop: make it show main',
      'docs/more.md:1: a Codecov badge or link shows the branch old: make it show main',
    ]);
  });

  test('wants main merged into the branch first where main has moved', async () => {
    const world = await makeWorld();
    await world.git('switch', '--quiet', 'main');
    await world.commit({ 'other.txt': 'x' });
    await world.push('main');
    expect(await propose(world)).toMatchObject({
      passed: false,
      findings: [
        {
          title: expect.stringMatching(
            /^main has moved to [0-9a-f]{12}, .*: merge it into the branch$/,
          ) as unknown,
          detail: 'git switch release/0.2.0 && git fetch origin && git merge origin/main && git push',
        },
      ],
    });
    await world.git('switch', '--quiet', branch);
    await world.git('merge', '--quiet', '--no-edit', 'main');
    await world.push(branch);
    expect((await open(world)).previous).toBe(await world.ref('refs/heads/main'));
  });

  test.each(['0.2.0.dev0', '0.1.0'])(
    'of a branch that stood at main, which says 0.1.0, is one of the commit that set %s there',
    async (version) => {
      const world = await makeWorld();
      await world.push('main');
      const source = await world.source(branch);
      await world.activities.ensureVersionCommit({ source, version, branch, subject });
      const [main, head] = [await world.ref('refs/heads/main'), await world.ref(`refs/heads/${branch}`)];
      expect(main).toBe(source.commit);
      expect(await open(world)).toMatchObject({ previous: main, head });
    },
  );

  test('wants a commit of the branch where main was pushed to its head past the merge', async () => {
    const world = await makeWorld();
    await world.push('main');
    expect(titles(await propose(world))).toEqual([
      expect.stringMatching(
        /^main holds [0-9a-f]{12} already, without a merge of its own: push a commit to release\/0\.2\.0$/,
      ),
    ]);
  });

  test('is not opened for a head that the branch has left', async () => {
    const world = await makeWorld();
    const source = await world.source(branch);
    await world.commit({ 'other.txt': 'x' });
    await world.push(branch);
    const verdict = await world.activities.ensurePullRequest({
      source,
      base: 'main',
      branch,
      subject,
      title: 't',
      body: '',
    });
    expect(titles(verdict)).toEqual([expect.stringMatching(/^The branch moved/)]);
  });

  test('into a branch that is not there is an operator failure', async () => {
    const world = await makeWorld();
    const source = await world.source(branch);
    const input = { source, base: 'trunk', branch, subject, title: 't', body: '' };
    expect(await thrown(world.activities.ensurePullRequest(input))).toMatchObject({ kind: 'operator' });
  });

  test('of plain git has no checks of its own, and none is not green', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    const verdict = await world.activities.awaitChecks({ repository: world.repository, pullRequest });
    expect(titles(verdict)).toEqual([expect.stringMatching(/^No check ran on/)]);
  });
});

describe('a merge', () => {
  test('brings main to the commit that was checked, once', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    const before = await world.changes('refs/heads/main');
    const [first, second] = [await merge(world, pullRequest), await merge(world, pullRequest)];
    expect(first).toMatchObject({ passed: true, commit: pullRequest.merge });
    expect(second).toEqual(first);
    expect(await world.ref('refs/heads/main')).toBe(pullRequest.merge);
    expect((await world.changes('refs/heads/main')) - before).toBe(1);
  });

  test('whose answer was lost is found on main', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    await world.hook('post-receive', 'kill -9 0');
    expect(await merge(world, pullRequest)).toMatchObject({ passed: true, commit: pullRequest.merge });
  });

  test('counts as done where others have gone on from it', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    await merge(world, pullRequest);
    await world.git('fetch', '--quiet', world.repository, 'main');
    await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
    const foreign = await world.commit({ 'other.txt': 'x' });
    await world.push('main');
    expect(await merge(world, pullRequest)).toMatchObject({ passed: true, commit: pullRequest.merge });
    expect(await open(world)).toEqual(pullRequest);
    expect(await world.ref('refs/heads/main')).toBe(foreign);
  });

  test('row 5: a merge does not happen once the branch is gone, and does not make it again', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    await world.git('push', '--quiet', world.repository, `:refs/heads/${branch}`);
    expect(titles(await merge(world, pullRequest))).toEqual([
      expect.stringMatching(/^The branch release\/0\.2\.0 is gone: /),
    ]);
    expect(await world.ref(`refs/heads/${branch}`)).toBeUndefined();
    expect(await world.ref('refs/heads/main')).toBe(pullRequest.previous);
  });

  test('that was made is found after its branch is gone', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    const made = await merge(world, pullRequest);
    await world.git('push', '--quiet', world.repository, `:refs/heads/${branch}`);
    expect(await merge(world, pullRequest)).toEqual(made);
  });

  test('row 7: a merge onto a main that conflicts leaves main and the place of work as they were', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    await world.git('switch', '--quiet', 'main');
    const foreign = await world.commit({ 'src/demo_pkg/more.py': 'three = 3\n' });
    await world.push('main');
    expect(await merge(world, pullRequest)).toMatchObject({
      passed: false,
      findings: [{ detail: expect.stringMatching(/^Nothing was merged\. Merge main into /) as unknown }],
    });
    expect(titles(await propose(world))).toEqual([expect.stringMatching(/^main has moved to /)]);
    expect(await world.ref('refs/heads/main')).toBe(foreign);
    expect(await world.leftovers()).toEqual([]);
  });

  test('row 9: a merge onto a main that has moved changes nothing', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    await world.git('switch', '--quiet', 'main');
    const foreign = await world.commit({ 'other.txt': 'x' });
    await world.push('main');
    expect(titles(await merge(world, pullRequest))).toEqual([
      expect.stringMatching(/^main moved: it stands at/),
    ]);
    expect(await world.ref('refs/heads/main')).toBe(foreign);
  });

  test('row 10: a merge onto a protected main is an operator failure', async () => {
    const world = await makeWorld();
    const pullRequest = await open(world);
    await world.hook('update', 'case "$1" in refs/heads/main) echo protected >&2; exit 1;; esac');
    expect(await thrown(merge(world, pullRequest))).toMatchObject({ kind: 'operator' });
    expect(await world.ref('refs/heads/main')).toBe(pullRequest.previous);
  });
});
