import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { inMemory } from '../../../src/activities/support/memory-bound.js';
import { atLowPriority } from '../../../src/activities/support/priority.js';
import { maxOutput, run } from '../../../src/activities/support/run.js';
import { sweepStrays } from '../../../src/activities/support/strays.js';
import { runKept, type Workbench } from '../../../src/activities/support/workbench.js';
import { inWorkplace } from '../../../src/activities/support/workplace.js';
import { patience } from '../../setup/patience.js';
import { makeBench } from './bench.js';
import { isRunning } from './processes.js';

let bench: Workbench & { close(): Promise<void> };

beforeEach(async () => {
  bench = await makeBench();
  onTestFinished(() => bench.close());
});

const env = { PATH: process.env.PATH ?? '' };
const isLinux = process.platform === 'linux';

/** Two forks and a session of its own: a daemon that keeps its tool's pipes, hears no request, and writes who it is. */
const daemon = `
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        with open(sys.argv[1] + ".part", "w") as file:
            file.write(str(os.getpid()))
        os.rename(sys.argv[1] + ".part", sys.argv[1])
        time.sleep(3600)
    os._exit(0)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
`;

describe('a daemon that a test leaves behind', () => {
  beforeEach((context) => context.skip(!isLinux, 'only Linux shows what processes were started with'));

  async function expectEnded(script: string, how: { seconds: number; timedOut: boolean }): Promise<void> {
    const note = path.join(bench.settings.state, 'daemon');
    const result = await atLowPriority(() =>
      inWorkplace(bench, ({ folder: cwd, env }) =>
        runKept(bench, ['python3', '-c', script, note], { cwd, env, timeoutSeconds: how.seconds }),
      ),
    );
    expect(result).toMatchObject({ timedOut: how.timedOut });
    expect(result.seconds).toBeLessThan(30);
    const pid = await readFile(note, 'utf8');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { ...patience, timeout: 5000 });
    expect(await readdir(path.join(bench.settings.state, 'work'))).toEqual([]);
  }

  test('row 64: a daemon that holds the pipes of a hanging suite is ended with it, and the place of work is gone', () =>
    expectEnded(`${daemon}\ntime.sleep(3600)`, { seconds: 8, timedOut: true }));

  test('row 64: a daemon is ended with the suite that has started it and left it behind', () =>
    expectEnded(daemon, { seconds: 60, timedOut: false }));

  test('row 64: a daemon of a killed worker is ended by the next one, and that of a living worker is not', async () => {
    const [dead, alive] = [await workerWithDaemon('dead'), await workerWithDaemon('alive')];
    const ended = once(dead.worker, 'exit');
    dead.worker.kill('SIGKILL');
    await ended;
    expect([dead.daemon, alive.daemon].map(isRunning)).toEqual([true, true]);
    await sweepStrays();
    await vi.waitFor(() => expect(isRunning(dead.daemon)).toBe(false), { ...patience, timeout: 5000 });
    expect(isRunning(alive.daemon)).toBe(true);
    process.kill(Number(alive.daemon), 'SIGKILL');
  });
});

/** A process that runs other people's code as a worker does, and the process id of the daemon of that code. */
async function workerWithDaemon(name: string) {
  const note = path.join(bench.settings.state, name);
  const worker = await startWorker(
    `void guest(['python3', '-c', ${JSON.stringify(`${daemon}\ntime.sleep(3600)`)}, ${JSON.stringify(note)}]);`,
  );
  const pid = await vi.waitFor(() => readFile(note, 'utf8'), patience);
  return { worker, daemon: pid };
}

/** Starts a process in which `guest(command)` runs a tool as the build zone does; `prefix` are words before its command. */
async function startWorker(text: string, prefix: readonly string[] = []) {
  const outfile = path.join(bench.settings.state, 'guest.cjs');
  const entry = (file: string) =>
    fileURLToPath(new URL(`../../../src/activities/support/${file}`, import.meta.url));
  await build({
    stdin: {
      contents: `export { run } from ${JSON.stringify(entry('run.ts'))}; export { atLowPriority } from ${JSON.stringify(entry('priority.ts'))};`,
      resolveDir: path.dirname(entry('run.ts')),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  const program = `
    const { run, atLowPriority } = require(${JSON.stringify(outfile)});
    const options = { cwd: '/', env: { PATH: process.env.PATH }, timeoutSeconds: 600 };
    const guest = (command) => atLowPriority(() => run(command, options));
    ${text}`;
  const [first = process.execPath, ...words] = [...prefix, process.execPath, '-e', program];
  const worker = spawn(first, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void worker.kill('SIGKILL'));
  return worker;
}

describe('tests that eat all memory', () => {
  const eat = ['python3', '-c', 'eaten = []\nwhile True: eaten.append(bytes([1]) * (16 << 20))'] as const;

  test('row 63: tests that want more memory than the bound fail by themselves, and nothing else does', async (context) => {
    context.skip(!existsSync('/usr/bin/prlimit'), 'there is no prlimit on this machine');
    const options = { cwd: '/', env, timeoutSeconds: 60 };
    const [eaten, beside] = await inMemory(256 << 20, () =>
      Promise.all([run(eat, options), run(['sh', '-c', 'sleep 1; echo lives'], options)]),
    );
    expect(eaten).toMatchObject({ exitCode: 1, timedOut: false });
    expect(eaten.output).toMatch(/MemoryError/);
    expect(beside.stdout).toBe('lives\n');
  });

  test('row 63: tests are what the kernel ends first, and what a yank runs is not', async (context) => {
    context.skip(!isLinux, 'only Linux has such an order');
    // Ends as soon as somebody has changed it, so that nothing depends on who is faster.
    const untilFirst =
      'until [ "$(cat /proc/self/oom_score_adj)" = 1000 ]; do sleep 0.05; done; sh -c "cat /proc/self/oom_score_adj"';
    const options = { cwd: '/', env, timeoutSeconds: 20 };
    const [guest, own] = await Promise.all([
      atLowPriority(() => run(['sh', '-c', untilFirst], options)),
      run(['cat', '/proc/self/oom_score_adj'], options),
    ]);
    expect(guest).toMatchObject({ exitCode: 0, stdout: '1000\n' });
    expect(own.stdout).toBe(readFileSync('/proc/self/oom_score_adj', 'utf8'));
  });

  test('row 63: tests that eat all memory are ended by the kernel, and their worker runs the next tool', async (context) => {
    const group = memoryGroup(400 << 20);
    context.skip(group === undefined, 'this user may not make a memory cgroup (version 1) of its own');
    const report = `
      (async () => {
        const eaten = await guest(${JSON.stringify(eat)});
        const next = await guest(['echo', 'lives']);
        console.log(JSON.stringify({ eaten: eaten.exitCode ?? 'a signal', next: next.stdout }));
      })();`;
    const worker = await startWorker(report, [
      'sh',
      '-c',
      `echo $$ > ${group ?? ''}/cgroup.procs; exec "$@"`,
      'sh',
    ]);
    const said = worker.stdout.setEncoding('utf8').toArray();
    await once(worker, 'exit');
    expect(JSON.parse((await said).join(''))).toEqual({ eaten: 'a signal', next: 'lives\n' });
  });
});

/** A memory cgroup that is gone after the test; undefined where this user may make none. */
function memoryGroup(bytes: number): string | undefined {
  const group = `/sys/fs/cgroup/memory/slipway-test-${String(process.pid)}`;
  try {
    mkdirSync(group);
    onTestFinished(() => rmdirSync(group));
    writeFileSync(path.join(group, 'memory.limit_in_bytes'), String(bytes));
    return group;
  } catch {
    return undefined;
  }
}

test('row 65: two gigabytes of output take little memory and no long time, and what is kept says what is left out', async () => {
  const bytes = 2 * 1024 ** 3;
  const before = process.memoryUsage().rss;
  let most = before;
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const result = await runKept(bench, ['head', '-c', String(bytes), '/dev/zero'], {
    cwd: '/',
    env,
    timeoutSeconds: 300,
  });
  clearInterval(watching);
  expect(result).toMatchObject({ exitCode: 0, timedOut: false });
  expect(most - before).toBeLessThan(256 * 1024 ** 2);
  expect(result.seconds).toBeLessThan(60);
  const kept = await bench.store.get(result.log);
  expect(kept.length).toBeLessThan(maxOutput + 100);
  expect(kept.subarray(-100).toString()).toContain(`[${String(bytes - maxOutput)} more bytes left out]`);
});
