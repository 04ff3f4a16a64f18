import { describe, expect, test } from 'vitest';

import { beforeGit, branch, makeWorld, subject, thrown, type World } from './git-world.js';

const main = 'refs/heads/main';

/** The final version's commit as a child of main, kept under the release's ref only. */
async function final(world: World) {
  const source = await world.source('main');
  const verdict = await world.activities.ensureVersionCommit({ source, version: '0.2.0', subject });
  if (!verdict.passed) throw new Error('no final commit');
  const { commit } = verdict;
  const onBase = { repository: world.repository, base: 'main', commit, parent: source.commit, subject };
  return { commit, parent: source.commit, onBase };
}

async function foreignCommitOnMain(world: World): Promise<string> {
  await world.git('switch', '--quiet', 'main');
  const commit = await world.commit({ 'other.txt': 'x' });
  await world.push('main');
  return commit;
}

describe('the final version', () => {
  test('reaches main by one push, however often it is asked for', async () => {
    const world = await makeWorld();
    const { commit, onBase } = await final(world);
    const before = await world.changes(main);
    for (let i = 0; i < 2; i++)
      expect(await world.activities.ensureFinalOnBase(onBase)).toMatchObject({ onBase: true });
    expect(await world.ref(main)).toBe(commit);
    expect((await world.changes(main)) - before).toBe(1);
  });

  test('is known to be on main where others have gone on from it', async () => {
    const world = await makeWorld();
    const { onBase } = await final(world);
    await world.activities.ensureFinalOnBase(onBase);
    await world.git('fetch', '--quiet', world.repository, 'main');
    await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
    await world.commit({ 'other.txt': 'x' });
    await world.push('main');
    expect(await world.activities.ensureFinalOnBase(onBase)).toMatchObject({ onBase: true });
  });

  test.each([
    ['has moved', foreignCommitOnMain],
    ['is protected', (world: World) => world.hook('update', 'case "$1" in refs/heads/main) exit 1;; esac')],
  ])('is left on a branch of its own where main %s', async (_what, happen) => {
    const world = await makeWorld();
    const { commit, onBase } = await final(world);
    await happen(world);
    const before = await world.ref(main);
    for (let i = 0; i < 2; i++) {
      const { onBase: reached, evidence } = await world.activities.ensureFinalOnBase(onBase);
      expect(reached).toBe(false);
      expect(evidence.what).toMatch(
        /^main was left as it is.*stands on the branch slipway\/version-0\.2\.0 at .*merge it into main$/,
      );
    }
    expect(await world.ref('refs/heads/slipway/version-0.2.0')).toBe(commit);
    expect(await world.ref(main)).toBe(before);
  });
});

describe('a tag', () => {
  const tag = 'v0.2.0';

  test('is annotated, and set once', async () => {
    const world = await makeWorld();
    const { commit } = await final(world);
    const input = { repository: world.repository, tag, commit, subject };
    const first = await world.activities.ensureTagged(input);
    expect(await world.activities.ensureTagged(input)).toEqual(first);
    expect(await world.changes(`refs/tags/${tag}`)).toBe(1);
    await world.git('fetch', '--quiet', world.repository, 'tag', tag);
    expect(await world.git('cat-file', '-p', tag)).toMatch(
      new RegExp(
        `^object ${commit}\ntype commit\ntag v0\\.2\\.0\ntagger Slipway <slipway@localhost> \\d+ \\+0000\n\ndemo-pkg 0\\.2\\.0$`,
      ),
    );
  });

  test('row 11: a tag that somebody set on the same commit is as good', async () => {
    const world = await makeWorld();
    const { parent } = await final(world);
    await world.git('push', '--quiet', world.repository, `${parent}:refs/tags/${tag}`);
    await world.activities.ensureTagged({ repository: world.repository, tag, commit: parent, subject });
    expect(await world.ref(`refs/tags/${tag}`)).toBe(parent);
  });

  test('row 12: a tag on another commit is an integrity failure and is never moved', async () => {
    const world = await makeWorld();
    const { commit, parent } = await final(world);
    await world.git('push', '--quiet', world.repository, `${parent}:refs/tags/${tag}`);
    const { kind, message } = await thrown(
      world.activities.ensureTagged({ repository: world.repository, tag, commit, subject }),
    );
    expect(kind).toBe('integrity');
    expect(message).toContain(`The tag v0.2.0 is on ${parent}.\nnot done: It is not on ${commit}`);
    expect(await world.ref(`refs/tags/${tag}`)).toBe(parent);
  });

  test('whose answer was lost is found', async () => {
    const world = await makeWorld();
    const { commit } = await final(world);
    await world.hook('post-receive', 'kill -9 0');
    const input = { repository: world.repository, tag, commit, subject };
    expect((await world.activities.ensureTagged(input)).evidence.what).toBe(`the tag v0.2.0 is on ${commit}`);
  });
});

describe('deleting the release branch', () => {
  const remove = (world: World, expected: string) =>
    world.activities.ensureBranchDeleted({ repository: world.repository, branch, expected });

  test('is done once, and again is no failure', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    expect(await remove(world, commit)).toMatchObject({ deleted: true });
    expect(await remove(world, commit)).toMatchObject({ deleted: true });
    expect(await world.ref(`refs/heads/${branch}`)).toBeUndefined();
  });

  test('whose answer was lost is known to be done', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    await world.hook('post-receive', 'kill -9 0');
    expect(await remove(world, commit)).toMatchObject({ deleted: true });
  });

  test('row 15: a branch that somebody has pushed to is not deleted', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    const foreign = await world.commit({ 'other.txt': 'x' });
    await world.push(branch);
    const { deleted, evidence } = await remove(world, commit);
    expect(deleted).toBe(false);
    expect(evidence.what).toMatch(
      /^the branch release\/0\.2\.0 was kept: it stands at .* so somebody has pushed to it$/,
    );
    expect(await world.ref(`refs/heads/${branch}`)).toBe(foreign);
  });

  test('row 15: a branch that somebody pushes to between the look and the push is not deleted', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    const foreign = await world.commit({ 'other.txt': 'x' });
    const push = `-C ${world.folder}/work push --quiet ${world.repository} ${foreign}:refs/heads/${branch}`;
    await beforeGit(world, (git) => `case " $* " in *" push "*) ${git} ${push};; esac`);
    expect(await remove(world, commit)).toMatchObject({ deleted: false });
    expect(await world.ref(`refs/heads/${branch}`)).toBe(foreign);
  });

  test('that the remote refuses keeps the branch and says why', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    await world.hook('pre-receive', 'echo "no deletions here" >&2; exit 1');
    const { deleted, evidence } = await remove(world, commit);
    expect(deleted).toBe(false);
    expect(evidence.what).toContain('no deletions here');
  });
});
