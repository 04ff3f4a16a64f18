import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { createLogger } from '../config/logger.js';
import { zoneEnvironment } from '../config/secrets.js';
import type { Settings } from '../config/settings.js';
import { zones, type Zone } from '../contract/activities.js';

/** A zone that lived shorter than this is started again only after a pause, in milliseconds. */
const shortLife = 5000;

/** Runs one process for each zone with nothing but that zone's secrets, and starts again what ends, until told to stop. */
export async function supervise(settings: Settings, file: string): Promise<void> {
  const logger = createLogger('slipway-supervisor');
  const running = new Map<Zone, ChildProcess>();
  const ready = new Set<Zone>();
  let stopping = false;
  await new Promise<void>((resolve) => {
    const start = (zone: Zone) => {
      const started = Date.now();
      const child = fork(programPath(), ['--zone', zone, '--settings', file], {
        env: zoneEnvironment(settings, zone, process.env),
      });
      running.set(zone, child);
      child.once('message', () => {
        ready.add(zone);
        if (ready.size === zones.length) process.send?.('ready');
      });
      child.once('exit', (code, signal) => {
        running.delete(zone);
        if (!stopping) {
          logger.warn({ zone, code, signal }, 'the worker of a zone ended and is started again');
          setTimeout(start, Date.now() - started < shortLife ? shortLife : 0, zone);
        } else if (running.size === 0) resolve();
      });
    };
    const stop = () => {
      stopping = true;
      for (const child of running.values()) child.kill('SIGTERM');
      if (running.size === 0) resolve();
    };
    zones.forEach(start);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
    // Whoever started this and went away wants it to end as well.
    process.once('disconnect', stop);
  });
}

function programPath(): string {
  return process.argv[1] ?? fileURLToPath(import.meta.url);
}
