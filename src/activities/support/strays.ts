import { readlinkSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { constants } from 'node:os';

import { isAlive } from './alive.js';
import { givesWay } from './priority.js';

/**
 * The variable that a tool carries, and with it whatever it starts: its worker, and a number. A daemon leaves the tool's
 * group, session and parents, but hardly ever what it was started with.
 */
const variable = 'SLIPWAY_TOOL';

/** The namespace in which this worker's process id means it: a container's processes are seen from outside of it, too. */
const namespace = ifThere(() => /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]) ?? '0';

/** How often strays are looked for anew: one may just have started another. */
const rounds = 10;

let marked = 0;

/** What makes a tool's descendants known again. */
export interface Mark {
  readonly env: Readonly<Record<string, string>>;
  /** Ends every process that carries it, wherever it has gone; as far as the platform shows what processes carry. */
  endStrays(): Promise<void>;
}

const noMark: Mark = { env: {}, endStrays: () => Promise.resolve() };

/** The mark of a tool that is started here; one that runs no other people's code needs none. */
export function newMark(): Mark {
  if (!givesWay()) return noMark;
  marked += 1;
  const mark = `${namespace}-${String(process.pid)}-${String(marked)}`;
  return { env: { [variable]: mark }, endStrays: () => endCarriers((carried) => carried === mark) };
}

/** Ends what the tools of workers that are gone have left behind: a killed worker ends nothing but its tools' groups. */
export async function sweepStrays(): Promise<void> {
  await endCarriers((mark) => {
    const [where, worker] = mark.split('-');
    return where === namespace && !isAlive(Number(worker));
  });
}

async function endCarriers(isMeant: (mark: string) => boolean): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const strays = (await findCarriers()).filter(({ mark }) => isMeant(mark));
    if (strays.length === 0) return;
    for (const { pid } of strays) end(pid);
  }
}

async function findCarriers(): Promise<{ readonly pid: number; readonly mark: string }[]> {
  const names = await readdir('/proc').catch(() => []);
  const found = names
    .filter((name) => /^\d+$/.test(name))
    .map(async (name) => {
      // Other people's processes do not show theirs.
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
      const mark = new RegExp(`(?:^|\0)${variable}=(\\d+-\\d+-\\d+)(?:\0|$)`).exec(environment)?.[1];
      return mark === undefined ? [] : [{ pid: Number(name), mark }];
    });
  return (await Promise.all(found)).flat();
}

function end(pid: number): void {
  ifThere(() => process.kill(pid, constants.signals.SIGKILL));
}

function ifThere<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
