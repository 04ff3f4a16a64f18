import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';

import { TemporalFailure } from '@temporalio/common';

import { failure } from '../../contract/failures.js';
import type { Trouble } from '../../contract/trouble.js';
import { currentCancellation } from './cancellation.js';

/** Why nothing can be written. */
type Cause = 'full' | 'closed';

const codes: Readonly<Record<string, Cause>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'closed',
  EACCES: 'closed',
  EPERM: 'closed',
};

/** How tools say it. */
const words: readonly (readonly [RegExp, Cause])[] = [
  [/No space left on device|Disk quota exceeded/i, 'full'],
  [/Read-only file system/i, 'closed'],
];

/** What has to be free so that a tool's "no" is taken for one, in bytes. */
const leastRoom = 1024 ** 2;

/**
 * Does something that writes to the state folder. Where that fails, or ends with a "no", because the folder takes nothing, it
 * is an operator failure: trying again does not help, and the package is not at fault.
 */
export async function onState<T>(state: string, body: () => Promise<T>): Promise<T> {
  try {
    const result = await body();
    if (!isNo(result)) return result;
    const cause = await whyClosed(state);
    if (cause === undefined) return result;
    throw failure('operator', troubleWith(state, cause, 'a tool could not write there'));
  } catch (error) {
    if (error instanceof TemporalFailure || currentCancellation()?.aborted === true) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const cause = (await whyClosed(state)) ?? causeOf(error, state, said);
    throw cause === undefined ? error : failure('operator', troubleWith(state, cause, said));
  }
}

function isNo(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'passed' in result && result.passed === false;
}

/** Why nothing can be written to the folder now; undefined where it can. */
async function whyClosed(state: string): Promise<Cause | undefined> {
  const file = path.join(state, `room-${randomUUID()}`);
  try {
    await mkdir(state, { recursive: true });
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(Buffer.alloc(leastRoom));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    return codes[(error as NodeJS.ErrnoException).code ?? ''];
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

function causeOf(error: unknown, state: string, said: string): Cause | undefined {
  const { code = '', path: file } = error as NodeJS.ErrnoException;
  const cause = codes[code];
  // What is closed elsewhere is another matter.
  if (cause === 'full' || (cause === 'closed' && file?.startsWith(`${state}/`) === true)) return cause;
  return words.find(([form]) => form.test(said))?.[1];
}

function troubleWith(state: string, cause: Cause, said: string): Trouble {
  const not = 'The step is not done; what it did outside is looked up before it acts again.';
  return cause === 'full'
    ? {
        now: `There is no room left for what the worker keeps in ${state}: ${said}`,
        not,
        next: 'Make room there, then send `retry`.',
      }
    : {
        now: `The worker may not write to its folder ${state}: ${said}`,
        not,
        next: "Let the worker's user write there (a mount that is read-only, or the owner or mode of the folder), then send `retry`.",
      };
}
