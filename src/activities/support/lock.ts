import { open, rm, stat, utimes } from 'node:fs/promises';

import { pause } from './cancellation.js';

const beatMilliseconds = 2000;
const staleMilliseconds = 15_000;
const askMilliseconds = 50;

/**
 * Does something while no other process or activity does it under the same lock file. A holder that died is given up
 * after 15 s. Two may hold it for a moment when they give up the same dead holder at once, so it saves work and keeps
 * nothing safe: what is done under it must be safe by itself.
 */
export async function withLock<T>(file: string, body: () => Promise<T>): Promise<T> {
  while (!(await taken(file))) {
    if (await isStale(file)) await rm(file, { force: true });
    else await pause(askMilliseconds);
  }
  const beat = setInterval(() => {
    utimes(file, new Date(), new Date()).catch(() => undefined);
  }, beatMilliseconds);
  try {
    return await body();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
  }
}

async function taken(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > staleMilliseconds;
}
