import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';

import { ActivityNotFoundError, type Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test } from 'vitest';

import { openInFlight } from '../../src/worker/in-flight.js';

/** A client that notes which tasks were failed; the engine knows none of those that say so. */
function noting(failed: string[]): Client {
  const fail = async (token: Uint8Array, error: Error) => {
    const name = Buffer.from(token).toString();
    if (name === 'forgotten') throw new ActivityNotFoundError('it has ended');
    failed.push(`${name}: ${error.message}`);
  };
  return { activity: { fail } } as unknown as Client;
}

async function stateFolder(): Promise<string> {
  const state = await mkdtemp(path.join(tmpdir(), 'slipway-in-flight-'));
  onTestFinished(() => rm(state, { recursive: true }));
  return state;
}

async function numberOfADeadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('what a process died with is tried again at once by the next one, and nothing else is', async () => {
  const state = await stateFolder();
  const folder = path.join(state, 'in-flight', 'publish');
  await mkdir(folder, { recursive: true });
  const dead = String(await numberOfADeadProcess());
  const leave = (name: string, token: string) => writeFile(path.join(folder, name), token);
  await leave(`${dead}-1@${hostname()}`, 'lost');
  await leave(`${dead}-2@${hostname()}`, 'forgotten');
  // A process of this number before the machine was started again.
  await leave(`${String(process.pid)}-7@${hostname()}`, 'lost before');
  await leave(`${String(process.ppid)}-1@${hostname()}`, 'running');
  await leave(`${dead}-3@elsewhere`, 'unknown');
  const failed: string[] = [];
  await openInFlight(state, 'publish', noting(failed));
  const why = 'The worker was ended while it did this.';
  expect(failed.sort()).toEqual([`lost before: ${why}`, `lost: ${why}`]);
  const left = await readdir(folder);
  expect(left.sort()).toEqual([`${dead}-3@elsewhere`, `${String(process.ppid)}-1@${hostname()}`].sort());
});

test('an activity is written down while it runs, and no longer', async () => {
  const state = await stateFolder();
  const { during } = await openInFlight(state, 'build', noting([]));
  const folder = path.join(state, 'in-flight', 'build');
  const seen: string[][] = [];
  const look = () => during(async () => seen.push(await readdir(folder)));
  const activity = new MockActivityEnvironment();
  await activity.run(look);
  await expect(activity.run(() => during(() => Promise.reject(new Error('no'))))).rejects.toThrow('no');
  expect(seen).toEqual([[`${String(process.pid)}-1@${hostname()}`]]);
  expect(await readdir(folder)).toEqual([]);
});

test('row 62: a list that cannot be written holds no activity up, and what was not written to its end is passed over', async () => {
  const state = await stateFolder();
  const folder = path.join(state, 'in-flight', 'urgent');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${String(await numberOfADeadProcess())}-1@${hostname()}`), '');
  const failed: string[] = [];
  const { during } = await openInFlight(state, 'urgent', noting(failed));
  expect(failed).toEqual([]);
  // Nothing can be written into what is no folder, whoever writes.
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  const activity = new MockActivityEnvironment();
  expect(await activity.run(() => during(() => Promise.resolve('yanked')))).toBe('yanked');
});
