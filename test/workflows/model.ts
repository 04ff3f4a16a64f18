import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  makeTelemetryFilterString,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, inject } from 'vitest';

import { attemptsOf } from '../../src/activities/attempts.js';
import { createLeaseActivities } from '../../src/activities/lease.js';
import { createLogActivities } from '../../src/activities/logs.js';
import { createSignatureActivities } from '../../src/activities/signatures.js';
import { createRecordActivities } from '../../src/activities/records.js';
import { instrumented } from '../../src/activities/support/activity.js';
import { fencing } from '../../src/activities/support/fence.js';
import { folderStore } from '../../src/activities/support/store.js';
import { readLedger, startRelease } from '../../src/client/releases.js';
import { taskQueue, zones, type Zone } from '../../src/contract/zones.js';
import { releaseId } from '../../src/contract/handles.js';
import type { ReleaseRequest } from '../../src/contract/release.js';
import type { Ledger } from '../../src/contract/state.js';
import { startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { endWorkflows } from './ending.js';
import { modelWorld, type Activities, type Model } from './world.js';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

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
  close(): Promise<void>;
}

/** The server of this test file, in memory; it ends with the file's process. */
let server: Promise<TemporalServer> | undefined;

afterAll(async () => {
  await (await server)?.stop();
});

/** Activities that a test has in place of the modelled ones; some need the service's client. */
export type Overrides = Partial<Activities> | ((client: Client) => Partial<Activities>);

/** Runs workers for all zones in a namespace-free way: each test has a package of its own. */
export async function runService(
  overrides: Overrides,
  world = modelWorld(),
  { name = `model-${randomUUID()}`, buildSlots = 100, ownServer = false } = {},
): Promise<Service & { model: Model }> {
  const start = () => startTemporal({ binary: inject('temporalBinary') });
  const another = ownServer ? await start() : undefined;
  const { address } = another ?? (await (server ??= start()));
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  const lease = createLeaseActivities(client);
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-model-'));
  const store = folderStore(folder);
  const records = createRecordActivities(store, client, lease, []);
  const logs = createLogActivities(folder, store);
  const log = { info: () => undefined, warn: () => undefined };
  const own = typeof overrides === 'function' ? overrides(client) : overrides;
  const local = { ...createSignatureActivities(), ...own };
  const all = { ...local, ...world.activities, ...lease, ...records, ...logs, ...own };
  const fenced = instrumented(all, log, fencing(attemptsOf(client)));
  const activitiesOf = (zone: Zone) => (zone === 'publish' ? fenced : instrumented(all, log));
  const workers = workersOf(connection, activitiesOf, local, buildSlots);
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
    async close() {
      await workers.stop();
      await endWorkflows(client, started);
      await clientConnection.close();
      await connection.close();
      await another?.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The workflows as they are built from this checkout. */
export const built = {
  codePath: fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url)),
};

/** Workers of all zones, which can be ended and started again. */
function workersOf(
  connection: NativeConnection,
  activitiesOf: (zone: Zone) => object,
  local: object,
  buildSlots: number,
) {
  let running: readonly { worker: Worker; ended: Promise<void> }[] = [];
  return {
    async start(workflowBundle: WorkflowBundleOption = built) {
      const workers = zones.map((zone) =>
        Worker.create({
          connection,
          taskQueue: taskQueue(zone),
          maxHeartbeatThrottleInterval: '2s',
          ...(zone === 'workflow'
            ? { workflowBundle, activities: local, enableNonLocalActivities: false }
            : { activities: activitiesOf(zone) }),
          ...(zone === 'build' ? { maxConcurrentActivityTaskExecutions: buildSlots } : {}),
        }),
      );
      running = (await Promise.all(workers)).map((worker) => ({ worker, ended: worker.run() }));
    },
    async stop() {
      const ending = running;
      running = [];
      for (const { worker } of ending) worker.shutdown();
      await Promise.all(ending.map(({ ended }) => ended));
    },
  };
}
