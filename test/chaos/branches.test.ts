import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { halfModelled, type HalfModelled } from '../acceptance/half-modelled.js';
import { answer, approveAll, gateOf, outcome, waitsAt } from '../workflows/playing.js';

const branch = 'release/1.0.0';

/** Starts a release and approves what it asks up to the merge, which it waits for then. */
async function atMerge(): Promise<HalfModelled> {
  const release = await halfModelled({}, { watchSeconds: 1 });
  expect(await release.start()).toEqual({ state: 'admitted' });
  await approveAll(release, 'branch');
  await release.until(waitsAt('merge'));
  return release;
}

/** Somebody commits a file on top of a commit, and it is told what came of that. */
function commitOn({ git }: HalfModelled, parent: string, file: string): string {
  const folder = git('rev-parse', '--show-toplevel');
  git('switch', '--quiet', '--detach', parent);
  writeFileSync(path.join(folder, file), 'by hand\n');
  git('add', '--all');
  git('commit', '--quiet', '--message', `Add ${file}`);
  return git('rev-parse', 'HEAD');
}

/** Says that the fix is pushed, and approves the next candidate to its end. */
async function releaseNext(release: HalfModelled): Promise<void> {
  const next = await answer(release, 'fix', 'fix');
  expect(next).toMatchObject({ counted: true });
  await approveAll(release, 'branch', 'merge', 'production');
  expect(await outcome(release)).toMatchObject({ outcome: 'released' });
  expect(await release.shown()).toEqual([false, false]);
}

const findings = async (release: HalfModelled) =>
  gateOf(await release.until(waitsAt('fix')), 'fix')
    .subject.filter(({ label }) => label === 'finding')
    .map(({ value }) => value);

const holds = ({ git }: HalfModelled, commit: string, file: string) =>
  git('ls-tree', '--name-only', commit, file) === file;

describe('the release branch', () => {
  it('row 5: a release branch that is deleted is asked for and not made again, and the release goes on from where it is pushed', async () => {
    const release = await atMerge();
    const [main, head] = ['main', branch].map((name) => release.git('rev-parse', name));
    release.git('update-ref', '-d', `refs/heads/${branch}`);
    await approveAll(release, 'merge');
    expect(await findings(release)).toEqual([
      expect.stringMatching(/^The branch release\/1\.0\.0 is gone: /),
    ]);
    expect(release.git('for-each-ref', `refs/heads/${branch}`)).toBe('');
    expect(release.git('rev-parse', 'main')).toBe(main);
    release.git('update-ref', `refs/heads/${branch}`, commitOn(release, head ?? '', 'again.txt'));
    await releaseNext(release);
    expect(holds(release, 'main', 'again.txt')).toBe(true);
  });

  it('row 6: a release branch that is moved by force after its approval is approved anew, and nothing of the old head ships', async () => {
    const release = await atMerge();
    const before = release.git('rev-parse', 'main');
    const other = commitOn(release, 'main', 'other.txt');
    release.git('update-ref', `refs/heads/${branch}`, other);
    await approveAll(release, 'merge');
    expect(await findings(release)).toEqual([
      expect.stringMatching(/^The branch moved: release\/1\.0\.0 stands at /),
    ]);
    expect(release.git('rev-parse', 'main')).toBe(before);
    await releaseNext(release);
    const { candidates, gates } = await release.ledger();
    expect(candidates.map(({ version }) => version)).toEqual(['1.0.0.dev0', '1.0.0.dev1']);
    expect(gates.filter(({ id }) => id === 'branch').map(({ subject }) => subject[0]?.value)).toEqual([
      candidates[0]?.base,
      other,
    ]);
    expect(['other.txt', 'NOTES.md'].map((file) => holds(release, 'v1.0.0', file))).toEqual([true, false]);
  });
});

it('row 9: main that moved after the approval is merged into the branch, which is judged and approved anew', async () => {
  const release = await atMerge();
  const foreign = commitOn(release, 'main', 'foreign.txt');
  release.git('update-ref', 'refs/heads/main', foreign);
  await approveAll(release, 'merge');
  expect(await findings(release)).toEqual([expect.stringMatching(/^main moved: it stands at /)]);
  expect(release.git('rev-parse', 'main')).toBe(foreign);
  release.git('switch', '--quiet', '--detach', branch);
  release.git('merge', '--quiet', '--no-edit', 'main');
  release.git('update-ref', `refs/heads/${branch}`, 'HEAD');
  await releaseNext(release);
  const { candidates, final } = await release.ledger();
  expect(candidates.map(({ version }) => version)).toEqual(['1.0.0.dev0', '1.0.0.dev1']);
  expect(release.git('rev-parse', 'v1.0.0^{commit}', 'main')).toBe(`${final?.commit}\n${final?.commit}`);
  expect(release.git('merge-base', foreign, 'main')).toBe(foreign);
  expect(['foreign.txt', 'NOTES.md'].map((file) => holds(release, 'v1.0.0', file))).toEqual([true, true]);
});

it('row 10: a main that refuses the merge is tried once and asked about within two seconds, and a retry goes on', async () => {
  const release = await atMerge();
  const hook = path.join(release.git('rev-parse', '--absolute-git-dir'), 'hooks', 'update');
  const tries = `${hook}.tries`;
  const script = `case "$1" in refs/heads/main) date +%s%3N >>${tries}; echo protected >&2; exit 1;; esac`;
  mkdirSync(path.dirname(hook), { recursive: true });
  writeFileSync(hook, `#!/bin/sh\n${script}\n`);
  chmodSync(hook, 0o755);
  const before = release.git('rev-parse', 'main');
  await approveAll(release, 'merge');
  const { subject, openedAt } = gateOf(await release.until(waitsAt('trouble')), 'trouble');
  const refused = readFileSync(tries, 'utf8').trim().split('\n').map(Number);
  expect(refused).toHaveLength(1);
  expect(Date.parse(openedAt) - (refused[0] ?? 0)).toBeLessThan(2000);
  expect(subject.find(({ label }) => label === 'true now')?.value).toContain('protected');
  expect(release.git('rev-parse', 'main')).toBe(before);
  rmSync(hook);
  await answer(release, 'trouble', 'retry');
  await approveAll(release, 'production');
  expect(await outcome(release)).toMatchObject({ outcome: 'released' });
  expect(release.git('rev-list', '--first-parent', '--count', `${before}..main`)).toBe('2');
});

it('row 12: a tag that somebody sets elsewhere before the upload ends stops the release, and is never moved', async () => {
  const release = await atMerge();
  const before = release.git('rev-parse', 'main');
  await approveAll(release, 'merge');
  await release.until(waitsAt('production'));
  release.git('tag', 'v1.0.0', before);
  await approveAll(release, 'production');
  const { subject } = gateOf(await release.until(waitsAt('trouble')), 'trouble');
  expect(subject.find(({ label }) => label === 'true now')?.value).toBe(`The tag v1.0.0 is on ${before}.`);
  expect(release.git('rev-parse', 'v1.0.0')).toBe(before);
  release.git('tag', '--delete', 'v1.0.0');
  await answer(release, 'trouble', 'retry');
  expect(await outcome(release)).toMatchObject({ outcome: 'released' });
  expect(release.git('rev-parse', 'v1.0.0^{commit}')).toBe((await release.ledger()).final?.commit);
  expect(await release.shown()).toEqual([false, false]);
});
