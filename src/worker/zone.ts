import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import { Client } from '@temporalio/client';
import {
  NativeConnection,
  Runtime,
  Worker,
  type Logger as EngineLogger,
  type LogLevel,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Logger } from 'pino';

import { attemptsOf } from '../activities/attempts.js';
import { createSignatureActivities } from '../activities/signatures.js';
import { createActivities } from './activities.js';
import { openBench } from './bench.js';
import { openInFlight } from './in-flight.js';
import { workerOptions } from './options.js';
import { connectTo, readTemporalConfig } from '../config/connection.js';
import { createLogger } from '../config/logger.js';
import type { Settings } from '../config/settings.js';
import type { Zone } from '../contract/zones.js';
import { instrumented, type Within } from '../activities/support/activity.js';
import { fencing } from '../activities/support/fence.js';
import { inMemory } from '../activities/support/memory-bound.js';
import { atLowPriority } from '../activities/support/priority.js';
import { sweepRunningOutputs } from '../activities/support/running-output.js';
import { onState } from '../activities/support/state-folder.js';
import { sweepStrays } from '../activities/support/strays.js';
import { sweepThrowawayFolders } from '../activities/support/workbench.js';

/** How long running activities may take to end when the worker is told to stop. */
const grace = '10s';

/** Runs the worker of one zone in this process until a signal stops it. */
export async function runZone(zone: Zone, settings: Settings): Promise<void> {
  const logger = createLogger(`slipway-${zone}`);
  Runtime.install({ logger: engineLogger(logger), shutdownSignals: ['SIGINT', 'SIGTERM', 'SIGHUP'] });
  const temporal = readTemporalConfig();
  const { namespace } = temporal;
  const connection = await connectTo(temporal, (options) => NativeConnection.connect(options));
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      ...workerOptions(zone),
      shutdownGraceTime: grace,
      ...(await workOf(zone, settings, new Client({ connection, namespace }), logger)),
    });
    process.once('disconnect', () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    });
    const run = worker.run();
    process.send?.('ready');
    logger.info({ zone }, 'the worker is ready');
    await run;
  } finally {
    await connection.close();
    // The channel to the supervisor would keep this process alive.
    if (process.connected) process.disconnect();
  }
}

async function workOf(
  zone: Zone,
  settings: Settings,
  client: Client,
  logger: Logger,
): Promise<Partial<WorkerOptions>> {
  if (zone === 'workflow')
    return {
      workflowBundle: { codePath: bundlePath() },
      // Only local ones, which cost no queue: this zone has neither secrets nor a package's code.
      activities: createSignatureActivities(),
    };
  // First: what still runs would write into a folder that is being removed.
  if (zone === 'build') await sweepStrays();
  await Promise.all([sweepThrowawayFolders(settings.state), sweepRunningOutputs(settings.state)]);
  const bench = await openBench(settings, zone, (doing) => {
    logger.info(doing);
  });
  const inFlight = await openInFlight(settings.state, zone, client);
  const own: Partial<Record<Zone, Within>> = {
    build: (body) => amongGuests(settings, body),
    publish: fencing(attemptsOf(client)),
  };
  const within: Within = (body) =>
    onState(settings.state, () =>
      inFlight.during(() => (own[zone] === undefined ? body() : own[zone](body))),
    );
  return {
    activities: instrumented(createActivities(zone, bench, client), logger, within),
    maxConcurrentActivityTaskExecutions: zone === 'build' ? Math.max(2, availableParallelism()) : 50,
  };
}

/** Does something whose tools run other people's code, and do not take the machine away from everything else. */
function amongGuests<T>({ buildMemoryBytes }: Settings, body: () => Promise<T>): Promise<T> {
  return atLowPriority(() => inMemory(buildMemoryBytes, body));
}

function bundlePath(): string {
  const path = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (!existsSync(path)) throw new Error('The workflow bundle is missing: run `npm run setup`.');
  return path;
}

/** The engine's own messages, in our log. */
function engineLogger(logger: Logger): EngineLogger {
  const write =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: object) => {
      logger[level](meta ?? {}, message);
    };
  return {
    log: (level, message, meta) => {
      write(level.toLowerCase() as Lowercase<LogLevel>)(message, meta);
    },
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
