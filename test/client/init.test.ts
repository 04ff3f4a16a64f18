import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

import { trapsIn } from '../../src/activities/forge/traps.js';
import { publishPath, publishWorkflow } from '../../src/config/publish-workflow.js';
import { slipway } from './slipway.js';

async function checkout(files: Readonly<Record<string, string>> = { 'pyproject.toml': '' }): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-init-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await execa('git', ['init', '--quiet', folder]);
  await execa('git', ['-C', folder, 'remote', 'add', 'origin', 'git@example.org:team/llm-app-test.git']);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

const init = (...args: string[]) => slipway(['init', ...args], 'nowhere');
const written = (folder: string) => readFile(path.join(folder, publishPath), 'utf8');

test('slipway init writes the workflow and says what PyPI has to be told, as often as it is asked', async () => {
  const folder = await checkout();
  const first = await init(folder);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await written(folder)).toBe(publishWorkflow);
  for (const line of [
    /Owner +team$/m,
    /Repository name +llm-app-test$/m,
    /Workflow name +slipway-publish\.yml$/m,
    /Environment name +pypi$/m,
  ])
    expect(first.stdout).toMatch(line);
  expect((await init(folder)).stdout).toContain('was there already');
});

test('slipway init leaves a workflow that somebody has changed alone, unless it is forced', async () => {
  const folder = await checkout({ 'pyproject.toml': '', [publishPath]: 'on: push\n' });
  expect(await init(folder)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('--force') as string,
  });
  expect(await written(folder)).toBe('on: push\n');
  expect((await init(folder, '--force')).exitCode).toBe(0);
  expect(await written(folder)).toBe(publishWorkflow);
});

test('slipway init wants a checkout of a package', async () => {
  const { exitCode, stderr } = await init(await checkout({}));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining('There is no pyproject.toml') as string,
  });
});

interface Shown {
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<string, { permissions: object; steps: readonly { uses?: string; run?: string }[] }>
  >;
}

test('the workflow is started by hand only, pins every action by its commit, and no script of it holds an expression', () => {
  const { permissions, jobs } = parse(publishWorkflow) as Shown;
  expect(trapsIn(publishPath, publishWorkflow)).toEqual([]);
  expect(permissions).toEqual({});
  expect(Object.values(jobs).map((job) => job.permissions)).toEqual([
    { contents: 'write' },
    { 'id-token': 'write' },
  ]);
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  for (const { uses, run } of steps) {
    if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    else expect(run).not.toContain('${{');
  }
});
