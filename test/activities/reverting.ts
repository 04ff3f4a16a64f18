import { expect } from 'vitest';

import type { RevertOrder } from '../../src/contract/reverting.js';
import type { Finding } from '../../src/contract/verdict.js';
import { branch, subject, type World } from './git-world.js';

/** Puts main back as a release does, but for the suites: made, then brought there; anew where main has moved. */
export async function putBack({ activities }: World, order: RevertOrder) {
  for (;;) {
    const made = await activities.ensureRevertMade(order);
    if (!made.passed) return made;
    if (!('revert' in made)) return { ...made, commit: 'back' in made ? made.back : made.unchanged };
    const { revert } = made;
    const outcome = await activities.ensureReverted({ ...order, revert });
    if (outcome.state !== 'moved')
      return { ...outcome, passed: true as const, made, revert, commit: revert.commit };
  }
}

/** The commit after which main was right. */
export async function backAt(world: World, order: RevertOrder): Promise<string> {
  const done = await putBack(world, order);
  if (!done.passed) throw new Error(JSON.stringify(done.findings));
  return done.commit;
}

/** Has the release branch merged as it stands, or finds what people have merged by hand, and returns the order to take that back. */
export async function mergedRelease(
  world: World,
  byHand: () => Promise<void> = () => Promise.resolve(),
): Promise<RevertOrder> {
  const { activities, repository } = world;
  const base = 'main';
  const proposal = { source: await world.source(branch), base, branch, subject, title: 'Release', body: '' };
  const proposed = await activities.ensurePullRequest(proposal);
  if (!proposed.passed) throw new Error(JSON.stringify(proposed.findings));
  const { pullRequest } = proposed;
  await byHand();
  const merged = await activities.ensureMerged({
    ...{ repository, base, branch, pullRequest, subject },
    reviews: [],
  });
  if (!merged.passed) throw new Error(JSON.stringify(merged.findings));
  const { previous, head } = pullRequest;
  const merges = [{ commit: merged.commit, previous, head }];
  return { repository, base, branch, merges, tag: 'v0.2.0', subject, reason: 'it breaks' };
}

/** What keeps a branch from being proposed because it lost what was taken back, if anything does. */
export async function lostAgain(world: World, from = branch): Promise<Finding | undefined> {
  const proposal = { source: await world.source(from), base: 'main', branch: from, subject };
  const verdict = await world.activities.ensurePullRequest({ ...proposal, title: 'Again', body: '' });
  return verdict.passed ? undefined : verdict.findings.find(({ title }) => title.includes('carries on from'));
}

/** Carries out the commands of one of a finding's lines, as they are told. */
export async function carryOut(world: World, detail = '', line = 0): Promise<void> {
  const told = detail.split('\n')[line]?.replace(/^.*: /, '') ?? '';
  for (const command of told.split(' && ')) {
    const [program, ...args] = command.split(' ');
    expect(program).toBe('git');
    await world.git(...args);
  }
}
