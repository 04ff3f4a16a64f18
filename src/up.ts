import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client, Connection } from '@temporalio/client';

import { interruption, run } from './config/program.js';
import { readSettings } from './config/settings.js';
import { workflowTypes } from './contract/handles.js';
import { readRemembered, refuseChange, remember } from './up/remembered-server.js';
import { startTemporal, type TemporalServer } from './up/temporal-server.js';
import { temporalBinary, temporalVersion } from '../tools/temporal.mjs';

const usage = `slipway up [--settings slipway.toml] [--port 7233] [--web-ui-port 8233]

Runs a Temporal server with its Web UI, its database in the state folder of the
settings, and the workers of all zones, on loopback, until it is interrupted.`;

await run({
  usage,
  config: {
    options: {
      settings: { type: 'string', default: process.env.SLIPWAY_SETTINGS ?? 'slipway.toml' },
      port: { type: 'string', default: '7233' },
      'web-ui-port': { type: 'string', default: '8233' },
    },
  },
  not: 'The service is not up.',
  main: ({ values: { settings, port, 'web-ui-port': webUiPort } }) =>
    up(settings, { port: Number(port), webUiPort: Number(webUiPort) }),
});

interface Ports {
  readonly port: number;
  readonly webUiPort: number;
}

async function up(file: string, ports: Ports): Promise<void> {
  const settings = readSettings(file);
  mkdirSync(settings.state, { recursive: true });
  const interrupted = interruption();
  const { server, version } = await startServer(settings.state, ports);
  remember(settings.state, { version, open: 'unknown' });
  const workers = startWorkers(server, file);
  const workersEnded = once(workers, 'exit');
  await Promise.race([interrupted, server.ended, workersEnded]);
  workers.kill('SIGTERM');
  await workersEnded;
  remember(settings.state, { version, open: await countOpen(server.address) });
  await server.stop();
}

async function startServer(
  state: string,
  ports: Ports,
): Promise<{ server: TemporalServer; version: string }> {
  const binary = await temporalBinary({
    log: (doing) => {
      process.stderr.write(`${doing}\n`);
    },
  });
  const version = (await temporalVersion(binary)) ?? 'unknown';
  refuseChange(readRemembered(state), version);
  const server = await startTemporal({
    binary,
    // The server does not migrate its database, so each version has one of its own.
    database: path.join(state, `temporal-${version}.db`),
    ...ports,
  });
  return { server, version };
}

function startWorkers(server: TemporalServer, settings: string): ChildProcess {
  const program = fileURLToPath(new URL('worker.js', import.meta.url));
  const workers = fork(program, ['--settings', settings], {
    env: { ...process.env, TEMPORAL_ADDRESS: server.address },
    // Only we stop the workers, so that an interrupt reaches them once.
    detached: true,
  });
  workers.once('message', () => {
    process.stdout.write(
      `Slipway is up.\n  Web UI   ${server.webUi}\n  Temporal ${server.address}\nStart a release: slipway start <package> <version>\n`,
    );
  });
  return workers;
}

async function countOpen(address: string): Promise<number | 'unknown'> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '5s' });
    const { count } = await new Client({ connection }).workflow.count(
      `ExecutionStatus = 'Running' AND WorkflowType != '${workflowTypes.lease}'`,
    );
    await connection.close();
    return count;
  } catch {
    return 'unknown';
  }
}
