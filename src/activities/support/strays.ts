import { readlinkSync } from 'node:fs';

import { endCarriers } from '../../../tools/carriers.mjs';
import { isAlive } from './alive.js';
import { givesWay } from './priority.js';

/** The variable that a tool carries, and with it whatever it starts: the namespace, its worker, and a number. */
const variable = 'SLIPWAY_TOOL';

/** The namespace in which this worker's process id means it: a container's processes are seen from outside of it, too. */
const namespace = ifThere(() => /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]) ?? '0';

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
  return { env: { [variable]: mark }, endStrays: () => endCarriers(variable, (carried) => carried === mark) };
}

/** Ends what the tools of workers that are gone have left behind: a killed worker ends nothing but its tools' groups. */
export async function sweepStrays(): Promise<void> {
  await endCarriers(variable, (mark) => {
    const [, where, worker] = /^(\d+)-(\d+)-\d+$/.exec(mark) ?? [];
    return where === namespace && !isAlive(Number(worker));
  });
}

function ifThere<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
