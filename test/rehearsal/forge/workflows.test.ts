import { describe, expect, onTestFinished, test } from 'vitest';

import { makeIdentityProvider } from '../../../rehearsal/forge/identity.js';
import { startRunner, type Runner } from '../../../rehearsal/forge/runner.js';
import type { ForgeStandIn } from '../../../rehearsal/forge/contract.js';
import * as world from './world.js';

const { repository, fullName } = world;
const path = '.github/workflows/hand.yml';

const workflow = (steps: string, above = '') => `\
name: By hand
run-name: Hands \${{ inputs.what }}
on:
  workflow_dispatch:
    inputs:
      what: { required: true, type: string }
env:
  WHAT: \${{ inputs.what }}
jobs:
  one:
    ${above}runs-on: ubuntu-latest
    steps:
${steps}`;

async function running(text: string, reviewed = false): Promise<{ forge: ForgeStandIn; runner: Runner }> {
  const forge = await world.runningForge();
  await world.commitTo(forge, 'main', { [path]: text });
  const runner = startRunner({
    forge,
    repository: fullName,
    token: 'token-of-grace',
    identity: makeIdentityProvider('https://identity.example.org'),
    index: 'http://127.0.0.1:9/',
    pythonTools: '/nowhere',
    folder: await world.temporaryFolder(),
    reviewed,
  });
  onTestFinished(() => runner.close());
  return { forge, runner };
}

const start = (forge: ForgeStandIn, inputs: Record<string, string> = { what: 'on' }, ref = 'main') =>
  world.clientOf(forge, 'grace').rest.actions.createWorkflowDispatch({
    ...repository,
    workflow_id: 'hand.yml',
    ref,
    inputs,
  });

async function runs(forge: ForgeStandIn) {
  const { data } = await world
    .clientOf(forge, 'grace')
    .rest.actions.listWorkflowRuns({ ...repository, workflow_id: 'hand.yml', event: 'workflow_dispatch' });
  return data.workflow_runs;
}

test('a workflow that somebody starts runs by bash with its inputs, and its run tells its jobs and steps', async () => {
  const { forge, runner } = await running(
    workflow('      - name: Say\n        run: test "$WHAT" = on\n      - run: exit 1\n      - run: exit 0\n'),
  );
  expect((await start(forge)).status).toBe(204);
  await runner.idle();
  const [run] = await runs(forge);
  expect(run).toMatchObject({ display_title: 'Hands on', status: 'completed', conclusion: 'failure' });
  const about = { ...repository, run_id: run?.id ?? 0 };
  const client = world.clientOf(forge, 'grace');
  expect((await client.rest.actions.getWorkflowRun(about)).data.head_branch).toBe('main');
  const { data } = await client.rest.actions.listJobsForWorkflowRun(about);
  expect(data.jobs.map(({ name, steps }) => [name, steps?.map((step) => step.conclusion)])).toEqual([
    ['one', ['success', 'failure']],
  ]);
});

describe('what cannot be started is refused:', () => {
  test.each([
    ['an unknown input', { what: 'on', more: 'x' }, 'main', 422, 'Unexpected inputs'],
    ['a missing input', {}, 'main', 422, "Required input 'what' not provided"],
    ['an unknown branch', { what: 'on' }, 'nowhere', 422, 'No ref found'],
  ])('%s', async (_name, inputs, ref, status, message) => {
    const { forge } = await running(workflow('      - run: exit 0\n'));
    const refused = await world.refusalOf(start(forge, inputs, ref));
    expect(refused).toMatchObject({ status, message: expect.stringContaining(message) as string });
  });

  test('a workflow that is not on the default branch', async () => {
    const forge = await world.runningForge();
    await world.commitTo(forge, 'topic', { [path]: workflow('      - run: exit 0\n') });
    expect((await world.refusalOf(start(forge, { what: 'on' }, 'topic'))).status).toBe(404);
  });
});

test('a job waits before its environment until somebody lets it in, and a run that was cancelled ends there', async () => {
  const { forge, runner } = await running(workflow('      - run: exit 0\n', 'environment: far\n    '), true);
  const next = () =>
    new Promise<void>((resolve) => {
      const stop = forge.onEntry((entry) => {
        if (entry.kind !== 'change' || entry.change.type !== 'workflow-run-updated') return;
        if (entry.change.workflowRun.status !== 'waiting') return;
        stop();
        resolve();
      });
    });
  const waiting = next();
  await start(forge);
  await waiting;
  const [first] = await runs(forge);
  expect(first?.status).toBe('waiting');
  const client = world.clientOf(forge, 'grace');
  await client.rest.actions.cancelWorkflowRun({ ...repository, run_id: first?.id ?? 0 });
  const again = next();
  await start(forge);
  await again;
  runner.approve();
  await runner.idle();
  expect((await runs(forge)).map(({ conclusion }) => conclusion)).toEqual(['success', 'cancelled']);
  const ended = client.rest.actions.cancelWorkflowRun({ ...repository, run_id: first?.id ?? 0 });
  expect((await world.refusalOf(ended)).status).toBe(409);
});

test("the files of a draft are shown to nobody who may not write, not even by a file's number", async () => {
  const forge = await world.runningForge();
  const ada = world.clientOf(forge, 'ada');
  const { data: release } = await ada.rest.repos.createRelease({
    ...repository,
    tag_name: 'v1',
    draft: true,
  });
  const upload = {
    url: release.upload_url,
    name: 'a.txt',
    data: 'a',
    headers: { 'content-type': 'text/plain' },
  };
  const { data: asset } = await ada.rest.repos.uploadReleaseAsset(upload as never);
  const asked = { ...repository, asset_id: asset.id };
  expect((await world.clientOf(forge, 'grace').rest.repos.getReleaseAsset(asked)).data.id).toBe(asset.id);
  const refused = await world.refusalOf(world.clientOf(forge, 'mallory').rest.repos.getReleaseAsset(asked));
  expect(refused.status).toBe(404);
});
