import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { createLogger } from '../config/logger.js';
import { interruption } from '../config/program.js';
import { zoneEnvironment } from '../config/secrets.js';
import type { Settings } from '../config/settings.js';
import { zones, type Zone } from '../contract/zones.js';

/** A zone that ended before it was ready is started again only after this pause, in milliseconds. */
const pauseMilliseconds = 5000;

/** Runs one process for each zone with nothing but that zone's secrets, and starts again what ends, until told to stop. */
export async function supervise(settings: Settings, file: string): Promise<void> {
  const logger = createLogger('slipway-supervisor');
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const ready = new Set<Zone>();
  void interruption().then(() => {
    stopping.abort();
  });
  // Whoever started this and went away wants it to end as well.
  process.once('disconnect', () => {
    stopping.abort();
  });
  await Promise.all(
    zones.map(async (zone) => {
      while (!isStopping()) {
        const life = { wasReady: false };
        const child = startZone(settings, file, zone, stopping.signal);
        child.once('message', () => {
          life.wasReady = true;
          ready.add(zone);
          if (ready.size === zones.length) process.send?.('ready');
        });
        const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
        if (isStopping()) return;
        logger.warn({ zone, code, signal }, 'the worker of a zone ended and is started again');
        if (!life.wasReady) await pause(pauseMilliseconds, stopping.signal);
      }
    }),
  );
  if (process.connected) process.disconnect();
}

function startZone(settings: Settings, file: string, zone: Zone, stopping: AbortSignal): ChildProcess {
  const program = process.argv[1];
  if (program === undefined) throw new Error('the supervisor does not know its own program');
  const child = fork(program, ['--zone', zone, '--settings', file], {
    env: zoneEnvironment(settings, zone, process.env),
  });
  const stop = () => child.kill('SIGTERM');
  stopping.addEventListener('abort', stop, { once: true });
  child.once('exit', () => {
    stopping.removeEventListener('abort', stop);
  });
  return child;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
