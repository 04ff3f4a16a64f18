import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, inject } from 'vitest';

import { readLedger, startRelease } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import type { ReleaseRequest } from '../../src/contract/release.js';
import type { Ledger } from '../../src/contract/state.js';
import { startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { endWorkflows } from './ending.js';
import { modelledWorkers, type ModelledWorkers } from './workers.js';
import { modelWorld, type Activities, type Model } from './world.js';

/** A service on the run's own Temporal server: real workflows, modelled activities. */
export interface Service {
  readonly client: Client;
  /** `host:port` of the server. */
  readonly address: string;
  readonly request: ReleaseRequest;
  start(request?: Partial<ReleaseRequest>): ReturnType<typeof startRelease>;
  ledger(): Promise<Ledger>;
  /** What is kept of the release once it has ended. */
  record(): Promise<Ledger | undefined>;
  /** The first state for which `is` holds. */
  until(is: (ledger: Ledger) => boolean): Promise<Ledger>;
  /** Ends every worker; what they ran goes on with the next ones. */
  stopWorkers(): Promise<void>;
  /** By default with the workflows as they are built from this checkout. */
  startWorkers(workflowBundle?: WorkflowBundleOption): Promise<void>;
  /** Starts workers beside these, as another machine of the same service has; its way to the server is its own. */
  startOthers(): Promise<void>;
  close(): Promise<void>;
}

/** The server of this test file, in memory; it ends with the file's process. */
let server: Promise<TemporalServer> | undefined;

afterAll(async () => {
  await (await server)?.stop();
});

/** Activities that a test has in place of the modelled ones; some need the service's client. */
export type Overrides = Partial<Activities> | ((client: Client) => Partial<Activities>);

/** What a service is started with; everything has a default. */
export interface ServiceOptions {
  readonly name?: string;
  readonly buildSlots?: number;
  /** `host:port` of a server; by default that of the test file. */
  readonly address?: string | undefined;
  /** The address at which its workers find that server; by default the same. */
  readonly workersFindItAt?: string | undefined;
}

/** Runs workers for all zones in a namespace-free way: each test has a package of its own. */
export async function runService(
  overrides: Overrides,
  world = modelWorld(),
  { name = `model-${randomUUID()}`, buildSlots = 100, address: given, workersFindItAt }: ServiceOptions = {},
): Promise<Service & { model: Model }> {
  const address = given ?? (await (server ??= startTemporal({ binary: inject('temporalBinary') }))).address;
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-model-'));
  const machine = (at: string) => openMachine(at, overrides, { folder, world, buildSlots });
  const first = await machine(workersFindItAt ?? address);
  const machines = [first];
  const { records, workers } = first;
  await workers.start();
  const request: ReleaseRequest = {
    package: name,
    version: '1.0.0',
    by: 'ada',
    wait: false,
    acceptUnisolated: false,
  };
  const started = new Set<string>();
  const ledger = () => readLedger(client, request.package, request.version);
  return {
    model: world.model,
    client,
    address,
    request,
    start: (changes = {}) => {
      const wanted = { ...request, ...changes };
      started.add(releaseId(wanted.package, wanted.version));
      return startRelease(client, wanted);
    },
    ledger,
    record: async () => (await records.readRecord({ subject: request })).ledger,
    async until(is) {
      for (;;) {
        const now = await ledger();
        if (is(now)) return now;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    startWorkers: (workflowBundle) => workers.start(workflowBundle),
    stopWorkers: () => workers.stop(),
    async startOthers() {
      const other = await machine(address);
      machines.push(other);
      await other.workers.start();
    },
    async close() {
      await Promise.all(machines.map((each) => each.workers.stop()));
      await endWorkflows(client, started);
      await clientConnection.close();
      await Promise.all(machines.map((each) => each.close()));
      await rm(folder, { recursive: true });
    },
  };
}

/** The workers of a machine that finds the server at this address. */
async function openMachine(
  address: string,
  overrides: Overrides,
  rest: Pick<ModelledWorkers, 'folder' | 'world' | 'buildSlots'>,
) {
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  const own = typeof overrides === 'function' ? overrides(client) : overrides;
  return {
    ...modelledWorkers({ client, connection, own, ...rest }),
    async close() {
      await clientConnection.close();
      await connection.close();
    },
  };
}
