import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Client, Connection } from '@temporalio/client';

import { startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { packagesOf, settingsFor } from './settings.js';
import { startStandIns, type StandIns } from './stand-ins.js';
import { workersOf, type Workers } from './workers.js';

/** What a rehearsal takes place in: stand-ins for everything outside, a real Temporal server and real workers. */
export interface World extends StandIns {
  readonly temporal: TemporalServer;
  /** Ends the Temporal server and starts it again at the same address on the same database. */
  restartTemporal(): Promise<void>;
  readonly client: Client;
  readonly workers: Workers;
  /** The file of the service's own settings; the workers read it when they start. */
  readonly settings: string;
}

/** What a world is made for. */
export interface WorldOptions {
  readonly folder: string;
  readonly temporalBinary: string;
  readonly pythonTools: string;
  /** The package, normalised, and the address of its repository. */
  readonly package: string;
  readonly repository: string;
  /** Other packages that the service may release, and the addresses of their repositories. */
  readonly packages?: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly watchSeconds: number;
  /** Names of secrets that the package's tests want beside the language model's keys. */
  readonly secrets?: readonly string[];
  readonly say: (doing: string) => void;
}

/** The people of a rehearsal: the first one starts the release, the others answer. */
export const people = ['ada', 'grace', 'linus'] as const;

/** Opens a world; what it starts ends with `close`, and at the latest with this process. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { folder, say } = options;
  mkdirSync(folder, { recursive: true });
  say('starts the index stand-ins and the language-model stand-in');
  const standIns = await startStandIns(folder, options.pythonTools, Object.keys(packagesOf(options)));
  say('starts the Temporal server');
  const server = { binary: options.temporalBinary, database: path.join(folder, 'temporal.db') };
  let temporal = await startTemporal(server);
  const settings = path.join(folder, 'slipway.toml');
  writeFileSync(settings, settingsFor(options, standIns, temporal.webUi));
  const workers = workersOf(folder, settings, {
    ...Object.fromEntries((options.secrets ?? []).map((name) => [name, 'rehearsal'])),
    ...standIns.secrets,
    TEMPORAL_ADDRESS: temporal.address,
  });
  say('starts the workers');
  await workers.start();
  const connection = await Connection.connect({ address: temporal.address });
  return {
    ...standIns,
    get temporal() {
      return temporal;
    },
    async restartTemporal() {
      const { address, webUi } = temporal;
      await temporal.stop();
      const [port, webUiPort] = [`http://${address}`, webUi].map((place) => Number(new URL(place).port));
      temporal = await startTemporal({ ...server, port: port ?? 0, webUiPort: webUiPort ?? 0 });
    },
    workers,
    settings,
    client: new Client({ connection }),
    async close() {
      await connection.close();
      await workers.stop();
      await temporal.stop();
      await standIns.close();
    },
  };
}
