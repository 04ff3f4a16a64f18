import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { run } from '../../../src/activities/support/run.js';
import { wardenProgram } from '../../../src/activities/support/warden.js';
import { patience } from '../../setup/patience.js';
import { ignores, isRunning } from './processes.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-warden-'));
  const entry = fileURLToPath(new URL('../../../src/activities/support/run.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: path.join(folder, 'run.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});

afterAll(() => rm(folder, { recursive: true }));

/** A process that leads a group of its own. */
function sleeper(): ChildProcess & { pid: number } {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('sleep cannot be started');
  return Object.assign(child, { pid: child.pid });
}

describe.for([['/bin/sh'], ['/bin/dash'], ['/bin/bash'], ['/bin/busybox', 'sh']])(
  'the program of the warden in %s',
  ([shell = '', ...args]) => {
    beforeEach((context) => {
      context.skip(!existsSync(shell), `${shell} is not installed`);
    });

    test('ends the groups that are left, and nothing else', async () => {
      const warden = spawn(shell, [...args, '-c', wardenProgram], {
        env: {},
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const [first, ended, last, untold] = [sleeper(), sleeper(), sleeper(), sleeper()];
      warden.stdin.write(`began ${first.pid}\nbegan ${ended.pid}\nbegan ${last.pid}\nended ${ended.pid}\n`);
      // What its teller could not say to its end is not half of it.
      warden.stdin.write(`began ${untold.pid}`);
      // Whoever ends a service may send this to all of its processes, of which the warden is one as soon as it has begun.
      await vi.waitFor(() => expect(ignores(warden.pid, constants.signals.SIGTERM)).toBe(true), patience);
      warden.kill('SIGTERM');
      warden.kill('SIGHUP');
      const over = new Promise((resolve) => warden.once('exit', resolve));
      warden.stdin.end();
      await over;
      await vi.waitFor(() => expect([first, last].some(({ pid }) => isRunning(pid))).toBe(false), patience);
      expect([ended, untold].map(({ pid }) => isRunning(pid))).toEqual([true, true]);
    });

    test('keeps count of many, and never takes a word for a group', () => {
      // With a kill that only says what it would do: to a real one some of these words would mean every process.
      const program = `kill() { echo "$*"; }\n${wardenProgram}`;
      const short = Array.from({ length: 2000 }, (_, at) => `began ${70_000 + at}\nended ${70_000 + at}\n`);
      const input = [
        'began 501\nbegan 502\nbegan 50\n',
        ...short,
        'began 503\nended 502\nended 502\nended 5\nended 12345\n',
        'began\nbegan 0\nbegan 1\nbegan -1\nbegan x\nbegan * *\nnonsense\n\n',
        'began 504\nbegan 1',
      ];
      const { stdout } = spawnSync(shell, [...args, '-c', program], {
        env: {},
        input: input.join(''),
        encoding: 'utf8',
      });
      expect(stdout.trim().split('\n')).toEqual(
        ['501', '50', '503', '504'].map((group) => `-s KILL -- -${group}`),
      );
    });
  },
);

/** Starts a process that runs tools as the service does; `text` may use `tool(command)` and `long(name)`. */
function runner(text: string): { process: ChildProcess; pids: (name: string) => Promise<string> } {
  const program = `
    const { run } = require(${JSON.stringify(path.join(folder, 'run.cjs'))});
    const options = { cwd: ${JSON.stringify(folder)}, env: { PATH: process.env.PATH }, timeoutSeconds: 600 };
    const tool = (command) => run(['sh', '-c', command], options);
    const long = (name) => void tool('sleep 600 & echo $! > ' + name + '.part; mv ' + name + '.part ' + name + '; wait');
    ${text}`;
  const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pids = (name: string) => vi.waitFor(() => readFile(path.join(folder, name), 'utf8'), patience);
  return { process: child, pids };
}

async function ended(pids: readonly string[]): Promise<void> {
  await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), patience);
}

describe('a process', () => {
  test('that is killed leaves none of its tools behind, whatever it ran before', async () => {
    const { process: killed, pids } = runner(`
      const short = (left) => left === 0 ? undefined : Promise.all([tool('true'), tool('true')]).then(() => short(left - 1));
      long('a');
      short(50).then(() => { long('b'); long('c'); });`);
    const running = await Promise.all(['a', 'b', 'c'].map(pids));
    expect(running.filter(isRunning)).toHaveLength(3);
    killed.kill('SIGKILL');
    await ended(running);
  });

  test('that ends by itself ends its tools, and is not held up by what watches over them', async () => {
    const { process: ending, pids } = runner(`
      long('d');
      const isThere = () => require('node:fs').existsSync(options.cwd + '/d');
      setInterval(() => { if (isThere()) process.exit(); }, 20);`);
    await new Promise((resolve) => ending.once('exit', resolve));
    await ended([await pids('d')]);
    const { process: idle } = runner(`tool('true');`);
    const started = performance.now();
    await new Promise((resolve) => idle.once('exit', resolve));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('whose warden was killed gets another one, which knows what the first one knew', async () => {
    const { process: killed, pids } = runner(`
      long('e');
      process.once('SIGUSR2', () => long('f'));`);
    const first = await pids('e');
    const children = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(killed.pid)], {
      encoding: 'utf8',
    });
    const warden = /^ *(\d+) .*trap/m.exec(children.stdout)?.[1] ?? '';
    process.kill(Number(warden), 'SIGKILL');
    await ended([warden]);
    killed.kill('SIGUSR2');
    const running = [first, await pids('f')];
    expect(running.filter(isRunning)).toHaveLength(2);
    killed.kill('SIGKILL');
    await ended(running);
  });

  test('may run many tools at once without a warning', async () => {
    const warnings: Error[] = [];
    const heard = (warning: Error) => void warnings.push(warning);
    process.on('warning', heard);
    onTestFinished(() => void process.off('warning', heard));
    const env = { PATH: process.env.PATH ?? '' };
    const signal = new AbortController().signal;
    const all = Array.from({ length: 30 }, () =>
      run(['sleep', '0.2'], { cwd: folder, env, timeoutSeconds: 60, signal }),
    );
    expect((await Promise.all(all)).every(({ exitCode }) => exitCode === 0)).toBe(true);
    expect(warnings).toEqual([]);
  });
});
