import { describe, expect, test } from 'vitest';
import type { CiOptions, CiStandIn } from '../../../rehearsal/forge/ci.js';
import { startCi } from '../../../rehearsal/forge/ci.js';
import type { ForgeStandIn } from '../../../rehearsal/forge/contract.js';
import { onTestFinished } from 'vitest';
import * as world from './world.js';

async function runningCi(forge: ForgeStandIn, options: Partial<CiOptions> = {}): Promise<CiStandIn> {
  const ci = startCi({
    forge,
    repository: world.fullName,
    login: 'slipway[bot]',
    token: 'token-of-slipway',
    checks: [
      { name: 'has a readme', command: ['test', '-s', 'README.md'] },
      { name: 'has no bug', command: ['sh', '-c', 'cat change.txt; ! grep bug change.txt'] },
      { name: 'style', command: ['true'], as: 'status' },
    ],
    folder: await world.temporaryFolder(),
    ...options,
  });
  onTestFinished(() => ci.close());
  return ci;
}

async function checksOf(forge: ForgeStandIn, ref: string): Promise<Record<string, string | null>> {
  const client = world.clientOf(forge, 'grace');
  const runs = await client.rest.checks.listForRef({ ...world.repository, ref });
  const status = await client.rest.repos.getCombinedStatusForRef({ ...world.repository, ref });
  return Object.fromEntries([
    ...runs.data.check_runs.map((run) => [run.name, run.conclusion ?? run.status] as const),
    ...status.data.statuses.map((it) => [it.context, it.state] as const),
  ]);
}

test('a pull request is checked by commands in a checkout of its head', async () => {
  const forge = await world.runningForge();
  const ci = await runningCi(forge);
  const { head } = await world.openPull(forge, { files: { 'change.txt': 'a bug\n' } });
  await ci.idle();
  expect(await checksOf(forge, head)).toEqual({
    'has a readme': 'success',
    'has no bug': 'failure',
    style: 'success',
  });
  const runs = await world
    .clientOf(forge, 'ada')
    .rest.checks.listForRef({ ...world.repository, ref: head, check_name: 'has no bug' });
  expect(runs.data.check_runs.map((run) => run.output.text)).toEqual(['a bug\na bug\n']);
});

test('a push to the head is checked again, and only the new head', async () => {
  const forge = await world.runningForge();
  const ci = await runningCi(forge);
  const { branch, head } = await world.openPull(forge, { files: { 'change.txt': 'a bug\n' } });
  await ci.idle();
  const fixed = await world.commitTo(forge, branch, { 'change.txt': 'mended\n' });
  await ci.idle();
  expect((await checksOf(forge, fixed))['has no bug']).toBe('success');
  expect((await checksOf(forge, head))['has no bug']).toBe('failure');
});

describe('told to', () => {
  test.each([
    ['fail', 'failure'],
    ['skip', 'skipped'],
    ['hang', 'in_progress'],
    ['missing', undefined],
  ] as const)('%s, a check is %s', async (behaviour, seen) => {
    const forge = await world.runningForge();
    const ci = await runningCi(forge);
    ci.behave('has a readme', behaviour);
    const { head } = await world.openPull(forge);
    await ci.idle();
    const checks = await checksOf(forge, head);
    expect(checks['has a readme']).toBe(seen);
    expect(checks['has no bug']).toBe('success');
  });
});

test('what a deaf CI hears of starts nothing', async () => {
  const forge = await world.runningForge();
  const ci = await runningCi(forge, { deafTo: ['ada'] });
  const { head } = await world.openPull(forge, { by: 'ada' });
  await ci.idle();
  expect(await checksOf(forge, head)).toEqual({});
});

test('pushes are checked where they shall be', async () => {
  const forge = await world.runningForge();
  const ci = await runningCi(forge, { on: ['push'], checks: [{ name: 'any', command: ['true'] }] });
  const pushed = await world.commitTo(forge, 'topic', { 'a.txt': 'a\n' });
  await ci.idle();
  expect(await checksOf(forge, pushed)).toEqual({ any: 'success' });
});
