import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import * as engine from '@temporalio/client';
import { Command } from 'commander';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { listOpen } from '../../src/client/command-line/completion.js';
import { completions } from '../../src/client/completing.js';
import { exitCodeHelp } from '../../src/client/failures.js';
import { readTemporalConfig } from '../../src/config/connection.js';
import { freePort, startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { root } from '../../tools/paths.mjs';
import { problemsOf } from './json.js';
import { slipway, slipwayWith } from './slipway.js';

let folder: string;
let server: TemporalServer;
/** Nobody listens there. */
const nowhere = `127.0.0.1:${String(await freePort())}`;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-desk-'));
  server = await startTemporal({ binary: inject('temporalBinary') });
  await mkdir(path.join(folder, 'bin'));
  const program = path.join(folder, 'bin', 'slipway');
  const client = path.join(root, 'dist', 'src', 'client.js');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${client}' "$@"\n`, { mode: 0o755 });
  await slipway(['start', 'kept', '1.0'], server.address);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** What bash offers for a command line whose last word is being typed. */
async function offered(line: string): Promise<string[]> {
  const words = line.split(' ');
  const script = `eval "$(slipway completion bash)"
COMP_WORDS=(${words.slice(0, -1).join(' ')} "$LAST")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_slipway
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['-c', script], {
    env: {
      PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`,
      LAST: words.at(-1) ?? '',
      TEMPORAL_ADDRESS: nowhere,
    },
  });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion in bash', () => {
  test.each([
    ['slipway sta', ['start', 'status']],
    ['slipway status kept 1.0 --w', ['--watch']],
    ['slipway --json stat', ['status']],
    ['slipway log kept 1.0 --step 1', ['1', '10', '11', '12']],
    ['slipway completion ba', ['bash']],
    ['slipway init --f', ['--force']],
  ])('%s', async (line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  test('is silent about releases where no server answers', async () => {
    expect(await offered('slipway status k')).toEqual([]);
  });
});

describe('completion', () => {
  const program = new Command('slipway').option('--as <name>', '');
  program.command('status').argument('<package>').argument('<version>');

  test.each([
    ['status k', ['kept']],
    ['status kept 1', ['1.0']],
    ['status --as ada kept 1', ['1.0']],
    ['status kept 1.0 x', []],
  ])('of %j knows the open releases of a server', async (line, words) => {
    // Without the limit for whoever types: a busy machine may take longer.
    const releases = () => listOpen(engine, readTemporalConfig({ TEMPORAL_ADDRESS: server.address }));
    await expect.poll(() => completions(program, line.split(' '), releases)).toEqual(words);
  });
});

const other = { zsh: '-n', fish: '--no-execute' } as const;
for (const shell of ['zsh', 'fish'] as const) {
  const { failed } = await execa(shell, ['--version'], { reject: false });
  test(`${shell} takes its script`, async (context) => {
    context.skip(failed, `${shell} is not installed`);
    const { stdout } = await slipway(['completion', shell], nowhere);
    const { exitCode } = await execa(shell, [other[shell]], { input: stdout, reject: false });
    expect(exitCode).toBe(0);
  });
}

describe("a person's own file", () => {
  /** The name under which an abort of a release is sent. */
  async function sender(args: readonly string[], env: Readonly<Record<string, string>>) {
    const line = ['yank', 'nothing', '1.0', '--direct', '--reason', 'x', ...args];
    const settings = path.join(folder, 'none.toml');
    return slipwayWith([...line, '--settings', settings], { TEMPORAL_ADDRESS: nowhere, ...env });
  }
  async function config(text: string) {
    const file = path.join(folder, 'config.toml');
    await writeFile(file, text);
    return { SLIPWAY_CONFIG: file };
  }

  test.each([
    ['as = 1', 'as has to be a text on one line, such as "ada"'],
    ['key = ""', 'key has to be a text on one line'],
    ['name = "ada"', 'there is no key name; there are as and key'],
    ['as = ', 'config.toml is not TOML'],
  ])('with %j is refused in a sentence', async (text, sentence) => {
    const { stderr, exitCode } = await sender([], await config(text));
    expect(stderr).toContain(sentence);
    expect(exitCode).toBe(2);
  });

  test('says who somebody is, less than a variable and that less than an option', async () => {
    const env = { XDG_CONFIG_HOME: folder };
    await mkdir(path.join(folder, 'slipway'), { recursive: true });
    await writeFile(path.join(folder, 'slipway', 'config.toml'), 'as = "from-file"\n');
    const started = async (
      version: string,
      args: readonly string[],
      more: Readonly<Record<string, string>>,
    ) => {
      await slipwayWith(['start', 'whose', version, ...args], {
        ...env,
        ...more,
        TEMPORAL_ADDRESS: server.address,
      });
      const { Client, Connection } = await import('@temporalio/client');
      const connection = await Connection.connect({ address: server.address });
      const { events } = await new Client({ connection }).workflow
        .getHandle(`release/whose/${version}`)
        .fetchHistory();
      await connection.close();
      const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
      return (JSON.parse(Buffer.from(input ?? []).toString()) as { request: { by: string } }).request.by;
    };
    expect(await started('1.0', [], {})).toBe('from-file');
    expect(await started('1.1', [], { SLIPWAY_AS: 'from-variable' })).toBe('from-variable');
    expect(await started('1.2', ['--as', 'from-option'], { SLIPWAY_AS: 'from-variable' })).toBe(
      'from-option',
    );
  });
});

describe('errors and exit codes in JSON', () => {
  test.each([
    ['list', 4],
    ['start llm-app-test latest', 2],
    ['status llm-app-test 1.0 --wach', 2],
  ])('slipway %s --json', async (line, code) => {
    const { stdout, stderr, exitCode } = await slipway([...line.split(' '), '--json'], nowhere);
    const error = JSON.parse(stderr) as { exitCode: number };
    expect(problemsOf('error', error)).toEqual([]);
    expect({ exitCode, stdout, said: error.exitCode }).toEqual({ exitCode: code, stdout: '', said: code });
  });

  test('what the codes mean is printed as a list that is the same for machines', async () => {
    const { stdout } = await slipway(['exit-codes', '--json'], nowhere);
    expect(problemsOf('exit-codes', JSON.parse(stdout))).toEqual([]);
    expect((JSON.parse(stdout) as unknown[]).length).toBe(exitCodeHelp.length);
    expect((await slipway(['exit-codes'], nowhere)).stdout).toContain(
      '  6  The release that was waited for is yanked.',
    );
  });
});
