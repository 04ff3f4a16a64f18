import { fileURLToPath } from 'node:url';

import type { Client } from '@temporalio/client';
import {
  DefaultLogger,
  Runtime,
  Worker,
  makeTelemetryFilterString,
  type NativeConnection,
  type WorkflowBundleOption,
} from '@temporalio/worker';

import { attemptsOf } from '../../src/activities/attempts.js';
import { createLeaseActivities } from '../../src/activities/lease.js';
import { createLogActivities } from '../../src/activities/logs.js';
import { createRecordActivities } from '../../src/activities/records.js';
import { createSignatureActivities } from '../../src/activities/signatures.js';
import { instrumented } from '../../src/activities/support/activity.js';
import { fencing } from '../../src/activities/support/fence.js';
import { folderStore } from '../../src/activities/support/store.js';
import { zones, type Zone } from '../../src/contract/zones.js';
import { workerOptions } from '../../src/worker/options.js';
import type { Activities, modelWorld } from './world.js';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  // That a server is away is what some tests are about.
  telemetryOptions: {
    logging: { filter: `${makeTelemetryFilterString({ core: 'ERROR' })},temporalio_client=OFF` },
  },
});

/** What workers of a modelled world are made of. */
export interface ModelledWorkers {
  readonly client: Client;
  readonly connection: NativeConnection;
  /** Where its artifact store is. */
  readonly folder: string;
  readonly world: ReturnType<typeof modelWorld>;
  /** Activities in place of the modelled ones. */
  readonly own: Partial<Activities>;
  readonly buildSlots?: number;
}

/** The workers of all zones in a modelled world, and what they keep of releases. */
export function modelledWorkers({
  client,
  connection,
  folder,
  world,
  own,
  buildSlots = 100,
}: ModelledWorkers) {
  const lease = createLeaseActivities(client);
  const store = folderStore(folder);
  const records = createRecordActivities(store, client, lease, []);
  const logs = createLogActivities(folder, store);
  const log = { info: () => undefined, warn: () => undefined };
  const local = { ...createSignatureActivities(), ...own };
  const all = { ...local, ...world.activities, ...lease, ...records, ...logs, ...own };
  const fenced = instrumented(all, log, fencing(attemptsOf(client)));
  const activitiesOf = (zone: Zone) => (zone === 'publish' ? fenced : instrumented(all, log));
  return { records, workers: workersOf(connection, activitiesOf, local, buildSlots) };
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
          ...workerOptions(zone),
          ...(zone === 'workflow'
            ? { workflowBundle, activities: local }
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
