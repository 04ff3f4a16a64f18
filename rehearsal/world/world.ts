import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Client, Connection } from '@temporalio/client';
import type { TomlTable } from 'smol-toml';

import type { PublishingWorkflows } from '../../src/config/forge-schema.js';
import { startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { makeKeys, type PeoplesKeys } from './keys.js';
import { people } from './people.js';
import { remoteAt, type Remote } from './repository.js';
import { settingsFor } from './settings.js';
import { startStandIns, type Rehearsed, type StandIns } from './stand-ins.js';
import { workersOf, type Workers } from './workers.js';

/** What a rehearsal takes place in: stand-ins for everything outside, a real Temporal server and real workers. */
export interface World extends StandIns {
  readonly temporal: TemporalServer;
  /** Ends the Temporal server and starts it again at the same address on the same database. */
  restartTemporal(): Promise<void>;
  readonly client: Client;
  /** With what its people sign; they are gone with the world's folder. */
  readonly keys: PeoplesKeys;
  /** The package's repository as people work with it. */
  readonly remote: Remote;
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
  /** The branch that is released into; main by default. */
  readonly base?: string;
  /** Brings the repository to the forge stand-in; without it a bare repository is forge enough. */
  readonly onForge?: boolean;
  /** What becomes of a release whose branch holds a workflow that publishes by itself; it is refused by default. */
  readonly publishingWorkflows?: PublishingWorkflows;
  /** The package is uploaded to production by its workflow on the forge, and nobody has a token. */
  readonly trusted?: boolean;
  /** Other packages that the service may release, and the addresses of their repositories. */
  readonly packages?: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly watchSeconds: number;
  /** Names of secrets that the package's tests want beside the language model's keys. */
  readonly secrets?: readonly string[];
  /** Tables of the service's settings that take the place of a rehearsal's own. */
  readonly settings?: TomlTable;
  /** The secrets that they name, with their values. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly say: (doing: string) => void;
}

function secretsFor({ secrets = [], environment }: WorldOptions, standIns: StandIns): Record<string, string> {
  const madeUp = secrets.map((name) => [name, 'rehearsal'] as const);
  return { ...Object.fromEntries(madeUp), ...standIns.secrets, ...environment };
}

/** Opens a world; what it starts ends with `close`, and at the latest with this process. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { folder, say } = options;
  mkdirSync(folder, { recursive: true });
  say('starts the stand-ins');
  const standIns = await startStandIns(folder, options.pythonTools, rehearsedBy(options));
  say('starts the Temporal server');
  const server = { binary: options.temporalBinary, database: path.join(folder, 'temporal.db') };
  let temporal = await startTemporal(server);
  const keys = await makeKeys(path.join(folder, 'keys'), people);
  const settings = writeSettings(options, standIns, keys, temporal.webUi);
  const environment = { ...secretsFor(options, standIns), TEMPORAL_ADDRESS: temporal.address };
  const workers = workersOf(folder, settings, environment);
  say('starts the workers');
  await workers.start();
  const connection = await Connection.connect({ address: temporal.address });
  return {
    ...standIns,
    remote: standIns.forge?.remote ?? remoteAt(options.repository, options.repository),
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
    keys,
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

function writeSettings(options: WorldOptions, standIns: StandIns, keys: PeoplesKeys, webUi: string): string {
  const file = path.join(options.folder, 'slipway.toml');
  writeFileSync(file, settingsFor(options, standIns, keys, webUi));
  return file;
}

function rehearsedBy(options: WorldOptions): Rehearsed {
  const { package: name, repository, packages = {}, onForge = false, trusted = false } = options;
  return {
    trusted,
    packages: [name, ...Object.keys(packages)],
    ...(onForge ? { onForge: { package: name, repository } } : {}),
  };
}
