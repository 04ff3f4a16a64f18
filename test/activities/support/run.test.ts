import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { maxOutput, run } from '../../../src/activities/support/run.js';
import { patience } from '../../setup/patience.js';
import { isRunning } from './processes.js';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'slipway-run-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
});

const env = { PATH: process.env.PATH ?? '' };

const stubborn = 'trap "" TERM; sleep 600 & echo $! > child; wait; wait; sleep 600';

test('a tool that takes too long is ended with all that it started', async () => {
  const result = await run(['sh', '-c', stubborn], { cwd, env, timeoutSeconds: 3 });
  expect(result).toMatchObject({ timedOut: true, exitCode: undefined });
  await vi.waitFor(
    async () => expect(isRunning(await readFile(path.join(cwd, 'child'), 'utf8'))).toBe(false),
    patience,
  );
});

test('a tool that is cancelled is ended with all that it started', async () => {
  const cancelling = new AbortController();
  const running = run(['sh', '-c', 'sleep 600 & echo $! > child; wait'], {
    cwd,
    env,
    timeoutSeconds: 600,
    signal: cancelling.signal,
  });
  running.catch(() => undefined);
  const child = await vi.waitFor(
    () => readFile(path.join(cwd, 'child'), 'utf8').then((text) => (expect(text).not.toBe(''), text)),
    patience,
  );
  cancelling.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  await vi.waitFor(() => expect(isRunning(child)).toBe(false), patience);
});

test('a daemon that a tool leaves behind does not outlive it', async () => {
  const result = await run(['sh', '-c', 'sleep 600 >/dev/null 2>&1 & echo $!'], {
    cwd,
    env,
    timeoutSeconds: 60,
  });
  await vi.waitFor(() => expect(isRunning(result.stdout)).toBe(false), patience);
});

test('output is kept up to a bound, and says so', async () => {
  const result = await run(['sh', '-c', `yes | head -c ${String(maxOutput + 1000)}`], {
    cwd,
    env,
    timeoutSeconds: 60,
  });
  expect(result.exitCode).toBe(0);
  expect(result.output.length).toBeLessThan(maxOutput + 100);
  expect(result.output).toContain('1000 more bytes left out');
});

test('a tool sees the environment that it is given and nothing else', async () => {
  process.env.SLIPWAY_CANARY = 'x';
  const { stdout } = await run(['env'], { cwd, env: { ...env, GIVEN: 'y' }, timeoutSeconds: 60 });
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
      .sort(),
  ).toEqual(['GIVEN', 'PATH']);
});

test('a tool that is not there is an error that names it', async () => {
  await expect(run(['no-such-tool'], { cwd, env, timeoutSeconds: 60 })).rejects.toThrow(
    'no-such-tool could not be started',
  );
});

test('a daemon that leaves the group and holds the pipes open does not hold up the result', async () => {
  const result = await run(['sh', '-c', 'setsid sleep 300 & echo done'], { cwd, env, timeoutSeconds: 200 });
  expect(result).toMatchObject({ exitCode: 0, timedOut: false, stdout: 'done\n' });
});

test('a tool that ended in time did so, however long a daemon holds its pipes open', async () => {
  const result = await run(['sh', '-c', 'setsid sleep 5 & echo done'], { cwd, env, timeoutSeconds: 0.7 });
  expect(result).toMatchObject({ exitCode: 0, timedOut: false, stdout: 'done\n' });
});
