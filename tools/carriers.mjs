import { readdir, readFile } from 'node:fs/promises';

/** How often carriers are looked for anew: one may just have started another. */
const rounds = 10;

/**
 * Ends every process that was started with a mark in a variable of its environment, wherever it has gone: a daemon leaves
 * its group, its session and its parents, but hardly ever what it was started with. Works as far as the platform shows what
 * processes carry.
 * @param {string} variable
 * @param {(mark: string) => boolean} isMeant
 */
export async function endCarriers(variable, isMeant) {
  for (let round = 0; round < rounds; round++) {
    const found = (await findCarriers(variable)).filter(
      ({ pid, mark }) => pid !== process.pid && isMeant(mark),
    );
    if (found.length === 0) return;
    for (const { pid } of found) end(pid);
  }
}

/**
 * @param {string} variable
 * @returns {Promise<{ readonly pid: number, readonly mark: string }[]>}
 */
async function findCarriers(variable) {
  const names = await readdir('/proc').catch(() => []);
  const found = names
    .filter((name) => /^\d+$/.test(name))
    .map(async (name) => {
      // Other people's processes do not show theirs.
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
      const own = environment.split('\0').find((text) => text.startsWith(`${variable}=`));
      return own === undefined ? [] : [{ pid: Number(name), mark: own.slice(variable.length + 1) }];
    });
  return (await Promise.all(found)).flat();
}

/** @param {number} pid */
function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
