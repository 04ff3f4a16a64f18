import { describe, expect, test } from 'vitest';
import type { RepositorySettings } from '../../../rehearsal/forge/contract.js';
import * as world from './world.js';

const { repository } = world;

describe('a merge is refused', () => {
  const protectedMain = (protection: RepositorySettings['protection'][string]) => ({
    protection: { main: { enforceAdmins: true, ...protection } },
  });
  interface Refused {
    readonly name: string;
    readonly settings?: Partial<RepositorySettings>;
    readonly order?: { sha?: string; merge_method?: 'merge' | 'squash' | 'rebase' };
    readonly by?: string;
    readonly status: number;
    readonly message: string;
  }
  const table: readonly Refused[] = [
    {
      name: 'of another head',
      order: { sha: 'f'.repeat(40) },
      status: 409,
      message: 'Head branch was modified. Review and try the merge again.',
    },
    {
      name: 'by a method that is not allowed',
      settings: { mergeMethods: ['squash'] },
      status: 405,
      message: 'Merge commits are not allowed on this repository.',
    },
    {
      name: 'without the approval that is required',
      settings: protectedMain({ requiredApprovals: 1 }),
      status: 405,
      message: 'At least 1 approving review is required by reviewers with write access.',
    },
    {
      name: 'without the check that is required',
      settings: protectedMain({ requiredChecks: ['tests'] }),
      status: 405,
      message: 'Required status check "tests" is expected.',
    },
    {
      name: 'without all of several checks',
      settings: protectedMain({ requiredChecks: ['tests', 'docs'] }),
      status: 405,
      message: '2 of 2 required status checks are expected.',
    },
    {
      name: 'where a ruleset is not met',
      settings: protectedMain({ as: 'ruleset', requiredApprovals: 2, requiredChecks: ['tests'] }),
      status: 405,
      message: [
        'Repository rule violations found',
        'Required status check "tests" is expected.',
        'At least 2 approving reviews are required by reviewers with write access.',
        '',
      ].join('\n\n'),
    },
    {
      name: 'to somebody who may only read',
      by: 'mallory',
      status: 403,
      message: 'Resource not accessible by personal access token',
    },
  ];
  test.each(table)('$name', async ({ settings, order, by = 'ada', status, message }) => {
    const forge = await world.runningForge(settings);
    const { number } = await world.openPull(forge);
    const main = await world.tipOf(forge, 'main');
    const merge = world
      .clientOf(forge, by)
      .rest.pulls.merge({ ...repository, pull_number: number, ...order });
    expect(await world.refusalOf(merge)).toEqual({ status, message });
    expect(await world.tipOf(forge, 'main')).toBe(main);
  });

  test('while a check runs, fails, or stands on another commit', async () => {
    const forge = await world.runningForge(protectedMain({ requiredChecks: ['tests'] }));
    const { number, head, branch } = await world.openPull(forge);
    const merge = () => world.clientOf(forge, 'ada').rest.pulls.merge({ ...repository, pull_number: number });
    await world.report(forge, head, 'tests', 'pending');
    expect((await world.refusalOf(merge())).message).toBe('Required status check "tests" is in progress.');
    await world.report(forge, head, 'tests', 'failure');
    expect((await world.refusalOf(merge())).message).toBe('Required status check "tests" is failing.');
    await world.report(forge, head, 'tests', 'success');
    const next = await world.commitTo(forge, branch, { 'change.txt': 'two\n' });
    expect((await world.refusalOf(merge())).message).toBe('Required status check "tests" is expected.');
    await world.report(forge, next, 'tests', 'success');
    expect((await merge()).data.merged).toBe(true);
  });

  test('of a conflict, which the pull request shows', async () => {
    const forge = await world.runningForge();
    const { number } = await world.openPull(forge, { files: { 'README.md': 'ours\n' } });
    await world.commitTo(forge, 'main', { 'README.md': 'theirs\n' });
    const ada = world.clientOf(forge, 'ada');
    const { data } = await ada.rest.pulls.get({ ...repository, pull_number: number });
    expect(data).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    for (const merge_method of ['merge', 'squash', 'rebase'] as const) {
      const merge = ada.rest.pulls.merge({ ...repository, pull_number: number, merge_method });
      expect(await world.refusalOf(merge)).toEqual({ status: 405, message: 'Pull Request is not mergeable' });
    }
  });

  test('of a head that is out of date where it must not be', async () => {
    const forge = await world.runningForge(protectedMain({ requiredChecks: ['tests'], strict: true }));
    const { number, head } = await world.openPull(forge);
    await world.report(forge, head, 'tests', 'success');
    forge.configure(world.fullName, { protection: {} });
    await world.commitTo(forge, 'main', { 'other.txt': 'other\n' });
    forge.configure(world.fullName, protectedMain({ requiredChecks: ['tests'], strict: true }));
    const ada = world.clientOf(forge, 'ada');
    const { data } = await ada.rest.pulls.get({ ...repository, pull_number: number });
    expect(data.mergeable_state).toBe('behind');
    const merge = ada.rest.pulls.merge({ ...repository, pull_number: number });
    expect(await world.refusalOf(merge)).toEqual({
      status: 405,
      message: '1 of 1 required status checks are expected.',
    });
  });

  test('a second time', async () => {
    const forge = await world.runningForge();
    const { number } = await world.openPull(forge);
    const ada = world.clientOf(forge, 'ada');
    await ada.rest.pulls.merge({ ...repository, pull_number: number });
    const again = ada.rest.pulls.merge({ ...repository, pull_number: number });
    expect(await world.refusalOf(again)).toEqual({ status: 405, message: 'Pull Request is not mergeable' });
  });
});
