import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { inject, onTestFinished } from 'vitest';

import { startTemporal } from '../../src/up/temporal-server.js';

/** A Temporal server of a test's own, with its database in a file, whose plug can be pulled. */
export interface OwnServer {
  /** `host:port`; it stays when the server is started again. */
  readonly address: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Lets it stand still for so many milliseconds; who asks it meanwhile gets no answer. */
  freeze(milliseconds: number): Promise<void>;
}

/** Starts such a server; it is gone after the test. */
export async function ownServer(): Promise<OwnServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-server-'));
  const how = { binary: inject('temporalBinary'), database: path.join(folder, 'temporal.db') };
  let server = await startTemporal(how);
  const { address } = server;
  const ports = {
    port: Number(new URL(`http://${address}`).port),
    webUiPort: Number(new URL(server.webUi).port),
  };
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  return {
    address,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
    },
    async start() {
      server = await startTemporal({ ...how, ...ports });
    },
    async freeze(milliseconds) {
      process.kill(server.pid, 'SIGSTOP');
      await delay(milliseconds);
      process.kill(server.pid, 'SIGCONT');
    },
  };
}
