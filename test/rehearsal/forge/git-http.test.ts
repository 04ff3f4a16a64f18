import { describe, expect, test } from 'vitest';
import type { Protection } from '../../../rehearsal/forge/contract.js';
import * as world from './world.js';

/** A clone with a commit on main that is not pushed. */
async function cloneWithCommit(
  forge: Awaited<ReturnType<typeof world.runningForge>>,
  login = 'ada',
): Promise<string> {
  const folder = await world.cloneOf(forge, login);
  await world.git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Straight to main');
  return folder;
}

test('git clones and pushes, and the journal says who moved what', async () => {
  const forge = await world.runningForge();
  const before = await world.tipOf(forge, 'main');
  const folder = await cloneWithCommit(forge, 'grace');
  expect(await world.git(folder, 'push', 'origin', 'main', 'HEAD:refs/slipway/kept')).toMatchObject({
    code: 0,
  });
  const after = await world.tipOf(forge, 'main');
  const moves = forge
    .journal()
    .flatMap((entry) =>
      entry.kind === 'change' && entry.change.type === 'ref-updated' && entry.change.by === 'grace'
        ? [entry.change]
        : [],
    );
  expect(moves).toMatchObject([
    { ref: 'refs/heads/main', from: before, to: after, how: 'push' },
    { ref: 'refs/slipway/kept', from: null, to: after, how: 'push' },
  ]);
});

test('who has no token or the wrong one is asked for it, who may only read is told so', async () => {
  const forge = await world.runningForge();
  const folder = await cloneWithCommit(forge);
  const pushTo = (address: string) => world.git(folder, 'push', address, 'main');
  const address = forge.cloneUrl(world.fullName);
  expect((await pushTo(address)).output).toContain('could not read Username');
  expect((await pushTo(address.replace('//', '//ada:wrong@'))).output).toContain('Authentication failed');
  expect((await pushTo(forge.cloneUrl(world.fullName, 'mallory'))).output).toMatch(/error: 403/);
  expect(world.changesOf(forge)).toEqual(['ref-updated', 'settings-changed']);
});

describe('a push to a protected branch is refused', () => {
  const byPull = 'remote: - Changes must be made through a pull request.';
  const classic = 'remote: error: GH006: Protected branch update failed for refs/heads/main.';
  const hook = '[remote rejected] main -> main (protected branch hook declined)';
  interface Refused {
    readonly name: string;
    readonly protection: Protection;
    readonly push: readonly string[];
    readonly said: readonly string[];
  }
  const table: readonly Refused[] = [
    {
      name: 'where changes come through pull requests',
      protection: { requiredApprovals: 1 },
      push: ['main'],
      said: [classic, byPull, hook],
    },
    {
      name: 'by a ruleset',
      protection: { as: 'ruleset', requiredApprovals: 0 },
      push: ['main'],
      said: [
        'remote: error: GH013: Repository rule violations found for refs/heads/main.',
        '/rules?ref=refs%2Fheads%2Fmain',
        byPull,
        '[remote rejected] main -> main (push declined due to repository rule violations)',
      ],
    },
    {
      name: 'where the commit has no green check',
      protection: { requiredChecks: ['tests'] },
      push: ['main'],
      said: [classic, 'remote: - Required status check "tests" is expected.', hook],
    },
  ];
  test.each(table)('$name', async ({ protection, push, said }) => {
    const forge = await world.runningForge({ protection: { main: protection } });
    const main = await world.tipOf(forge, 'main');
    const folder = await cloneWithCommit(forge, 'grace');
    const { code, output } = await world.git(folder, 'push', 'origin', ...push);
    expect(code).not.toBe(0);
    for (const words of said) expect(output).toContain(words);
    expect(await world.tipOf(forge, 'main')).toBe(main);
  });

  test('where it would delete it', async () => {
    const forge = await world.runningForge({ protection: { stable: {} } });
    const stable = await world.commitTo(forge, 'stable', { 'a.txt': 'a\n' });
    const folder = await world.cloneOf(forge, 'grace');
    const { output } = await world.git(folder, 'push', '--delete', 'origin', 'stable');
    expect(output).toContain('remote: - Cannot delete this branch');
    expect(await world.tipOf(forge, 'stable')).toBe(stable);
    const main = await world.git(folder, 'push', '--delete', 'origin', 'main');
    expect(main.output).toContain('refusing to delete the current branch');
  });

  test('where it would rewrite it', async () => {
    const forge = await world.runningForge({ protection: { main: {} } });
    const folder = await world.cloneOf(forge, 'grace');
    await world.git(folder, 'commit', '--quiet', '--amend', '--message', 'Another past');
    const { output } = await world.git(folder, 'push', '--force', 'origin', 'main');
    expect(output).toContain('remote: - Cannot force-push to this branch');
    forge.configure(world.fullName, { protection: { main: { allowForcePushes: true } } });
    expect(await world.git(folder, 'push', '--force', 'origin', 'main')).toMatchObject({ code: 0 });
  });

  test('with all refs of an atomic push, and without them otherwise', async () => {
    const forge = await world.runningForge({ protection: { main: { requiredApprovals: 1 } } });
    const folder = await cloneWithCommit(forge, 'grace');
    const both = ['origin', 'main', 'HEAD:refs/tags/v1'];
    const { output } = await world.git(folder, 'push', '--atomic', ...both);
    expect(output).toContain('atomic push failure');
    expect(await world.tipOf(forge, 'refs/tags/v1')).toBeUndefined();
    await world.git(folder, 'push', ...both);
    expect(await world.tipOf(forge, 'refs/tags/v1')).toBeDefined();
  });

  test('and the API refuses the same', async () => {
    const forge = await world.runningForge({ protection: { main: { requiredApprovals: 1 } } });
    const sha = await world.commitTo(forge, 'topic', { 'a.txt': 'a\n' });
    const moving = world
      .clientOf(forge, 'grace')
      .rest.git.updateRef({ ...world.repository, ref: 'heads/main', sha });
    expect(await world.refusalOf(moving)).toEqual({
      status: 422,
      message: 'Changes must be made through a pull request.',
    });
  });

  test('but not by an administrator whom it does not bind', async () => {
    const protection = { requiredApprovals: 1 };
    const forge = await world.runningForge({ protection: { main: protection } });
    const folder = await cloneWithCommit(forge, 'ada');
    expect(await world.git(folder, 'push', 'origin', 'main')).toMatchObject({ code: 0 });
    forge.configure(world.fullName, { protection: { main: { ...protection, enforceAdmins: true } } });
    await world.git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Again');
    expect((await world.git(folder, 'push', 'origin', 'main')).output).toContain('GH006');
  });
});

test('pull request refs are fetched and cannot be pushed', async () => {
  const forge = await world.runningForge();
  const { number, head } = await world.openPull(forge);
  const folder = await world.cloneOf(forge);
  await world.git(folder, 'fetch', '--quiet', 'origin', `refs/pull/${number}/head`);
  expect((await world.git(folder, 'rev-parse', 'FETCH_HEAD')).output.trim()).toBe(head);
  const pushed = await world.git(folder, 'push', 'origin', `HEAD:refs/pull/${number}/head`);
  expect(pushed.output).toContain('deny updating a hidden ref');
});
