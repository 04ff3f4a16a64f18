import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../tools/paths.mjs';

/** A machine that has nothing but Node and what a test puts into `bin`. */
let machine: string;
let bin: string;

beforeEach(async () => {
  machine = await mkdtemp(path.join(tmpdir(), 'slipway-machine-'));
  bin = path.join(machine, 'bin');
  await mkdir(bin);
  await symlink(process.execPath, path.join(bin, 'node'));
});

afterEach(() => rm(machine, { recursive: true }));

async function putCommand(name: string, output: string): Promise<string> {
  const command = path.join(bin, name);
  await writeFile(command, `#!/bin/sh\necho '${output}'\n`);
  await chmod(command, 0o755);
  return command;
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function runTool(tool: string, env: Record<string, string> = {}): Promise<Ended> {
  return execa('node', [path.join(root, 'tools', tool)], {
    env: { PATH: bin, SLIPWAY_CACHE: path.join(machine, 'cache'), ...env },
    extendEnv: false,
    reject: false,
  });
}

describe('a machine without what Slipway needs is told in one sentence', () => {
  test.each([
    ['git', [], 'Slipway needs git, but `git` does not run: install it and put it on PATH.'],
    [
      'Python',
      [['git', 'git version 2']],
      'Slipway needs Python 3.10 or newer, but `python3` does not run and `python` does not run: ' +
        'install one, or set SLIPWAY_PYTHON to its path.',
    ],
    [
      'a newer Python',
      [
        ['git', 'git version 2'],
        ['python', '3.9.2'],
      ],
      'Slipway needs Python 3.10 or newer, but `python3` does not run and `python` is Python 3.9.2: ' +
        'install one, or set SLIPWAY_PYTHON to its path.',
    ],
  ])('%s', async (_, commands, sentence) => {
    for (const [name = '', output = ''] of commands) await putCommand(name, output);

    const { exitCode, stderr, stdout } = await runTool('setup.mjs');

    expect(stderr).toContain(sentence);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});

describe('the Temporal server is', () => {
  test('the one that SLIPWAY_TEMPORAL names', async () => {
    const wanted = await putCommand('my-temporal', 'temporal version 1.8.0 (Server 1.31.0)');
    await putCommand('temporal', 'temporal version 1.9.0');
    expect(await runTool('temporal.mjs', { SLIPWAY_TEMPORAL: wanted })).toMatchObject({
      stdout: wanted,
      exitCode: 0,
    });
  });

  test('the one on PATH, if that is new enough', async () => {
    await putCommand('temporal', 'temporal version 1.10.1 (Server 1.32.0)');
    expect(await runTool('temporal.mjs')).toMatchObject({ stdout: 'temporal', exitCode: 0 });
  });

  test('the one in the cache, if that on PATH is too old', async () => {
    await putCommand('temporal', 'temporal version 1.7.3 (Server 1.30.0)');
    const goModule = await readFile(path.join(root, 'tools', 'temporal', 'go.mod'), 'utf8');
    const [, version] = /^\s*github\.com\/temporalio\/cli v(\S+)/m.exec(goModule) ?? [];
    const kept = path.join(machine, 'cache', `temporal-${version}`, 'temporal');
    await mkdir(path.dirname(kept), { recursive: true });
    await writeFile(kept, '');
    expect(await runTool('temporal.mjs')).toMatchObject({ stdout: kept, exitCode: 0 });
  });

  test('never one that SLIPWAY_TEMPORAL names and that is too old', async () => {
    const wanted = await putCommand('my-temporal', 'temporal version 1.7.3 (Server 1.30.0)');
    const { exitCode, stderr } = await runTool('temporal.mjs', { SLIPWAY_TEMPORAL: wanted });
    expect(stderr).toContain(
      `SLIPWAY_TEMPORAL is ${wanted}, which is no Temporal CLI 1.8 or newer: correct it or unset it.`,
    );
    expect(exitCode).toBe(1);
  });
});
