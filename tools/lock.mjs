import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const BEAT_MS = 5_000;
const SILENT_MS = 60_000;
const RETRY_MS = 200;

/**
 * Does some work while holding a lock file, after whoever holds it now. A lock whose owner is dead is taken over.
 * @template T
 * @param {string} path of the lock file; its folder is made
 * @param {import('./progress.mjs').Log} log
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, log, work) {
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path))) {
    log(`waits for another set-up (${await ownerOf(path)})`);
    await wait(RETRY_MS);
    await removeIfDead(path);
  }
  const beat = setInterval(
    () => void utimes(path, new Date(), new Date()).catch(() => undefined),
    BEAT_MS,
  ).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

/**
 * Makes the lock file appear with its owner already in it, or not at all.
 * @param {string} path
 */
async function take(path) {
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, `${process.pid}@${hostname()}`);
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

/**
 * Removes the lock of a dead owner. Only one process at a time may judge, or a second one would remove the new owner's.
 * @param {string} path
 */
async function removeIfDead(path) {
  if (!(await isDead(path))) return;
  const judging = `${path}.judging`;
  if (await take(judging)) {
    if (await isDead(path)) await rm(path, { force: true });
    await rm(judging, { force: true });
  } else if (await isDead(judging)) {
    await rm(judging, { force: true });
  }
}

/** @param {string} path */
async function isDead(path) {
  const owner = await ownerOf(path);
  if (owner === '') return false;
  const [pid, host] = owner.split('@');
  if (host === hostname() && !isAlive(Number(pid))) return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > SILENT_MS;
}

/** @param {string} path */
function ownerOf(path) {
  return readFile(path, 'utf8').catch(() => '');
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
