import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

import { ActivityNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import type { Within } from '../activities/support/activity.js';
import { isAlive } from '../activities/support/alive.js';
import { currentActivity } from '../activities/support/cancellation.js';

/** The activities that are under way in this process, written down so that the next one knows what died with it. */
export interface InFlight {
  readonly during: Within;
}

/**
 * Opens the list of a zone, and has everything tried again at once that a process of this machine died with: the engine
 * itself would notice only when its heartbeats have been missing for long enough.
 */
export async function openInFlight(state: string, zone: string, client: Client): Promise<InFlight> {
  const folder = path.join(state, 'in-flight', zone);
  mkdirSync(folder, { recursive: true });
  await failLost(folder, client);
  let begun = 0;
  return {
    async during(body) {
      const token = currentActivity()?.info.taskToken;
      if (token === undefined) return body();
      begun += 1;
      const file = path.join(folder, `${String(process.pid)}-${String(begun)}@${hostname()}`);
      write(file, token);
      try {
        return await body();
      } finally {
        remove(file);
      }
    },
  };
}

/** A list that cannot be kept, on a disk that is full or closed, costs seconds after a crash: no yank may fail for it. */
function write(file: string, token: Uint8Array): void {
  try {
    writeFileSync(file, token, { mode: 0o600 });
  } catch {
    remove(file);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Whoever finds it finds a task that the engine does not know any more.
  }
}

async function failLost(folder: string, client: Client): Promise<void> {
  const files = readdirSync(folder).filter(isLost);
  await Promise.all(
    files.map(async (name) => {
      const file = path.join(folder, name);
      const token = readFileSync(file);
      // Whoever died while it was written has begun nothing.
      if (token.length > 0) await fail(client, token);
      rmSync(file);
    }),
  );
}

/** Whose process is gone; a new process cannot have begun anything under its own number yet. */
function isLost(name: string): boolean {
  const [, pid, host] = /^(\d+)-\d+@(.*)$/.exec(name) ?? [];
  return host === hostname() && (Number(pid) === process.pid || !isAlive(Number(pid)));
}

async function fail(client: Client, token: Uint8Array): Promise<void> {
  const died = ApplicationFailure.create({
    type: 'worker-died',
    message: 'The worker was ended while it did this.',
    // Nothing has to be waited for: what was wrong, if anything, has ended with the process.
    nextRetryDelay: '1 millisecond',
  });
  try {
    await client.activity.fail(token, died);
  } catch (error) {
    // The engine has noticed before us, or the release has ended.
    if (!(error instanceof ActivityNotFoundError)) throw error;
  }
}
