import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';

import { modelWorld } from '../workflows/world.js';
import { modelledWorkers } from '../workflows/workers.js';

/** What such a process is told by its only argument. */
export interface ModelledWorkerOptions {
  readonly address: string;
  /** Of the artifact store. */
  readonly folder: string;
  /** How often a probe of the index measures in the watch, in seconds; without it there is none. */
  readonly probeSeconds?: number;
}

const { address, folder, probeSeconds } = JSON.parse(process.argv[2] ?? '') as ModelledWorkerOptions;
const world = modelWorld();
if (probeSeconds !== undefined) {
  const numbers = { delaySeconds: 1, failures: 1, unmeasured: 1, reportOnly: false };
  const probe = {
    ...numbers,
    name: 'index',
    work: { does: 'index' },
    intervalSeconds: probeSeconds,
  } as const;
  world.model.terms = { ...world.model.terms, probes: [probe] };
}
const { workers } = modelledWorkers({
  client: new Client({ connection: await Connection.connect({ address }) }),
  connection: await NativeConnection.connect({ address }),
  ...{ folder, world },
  own: {
    // Many releases share this world: what one of them has brought to the index says nothing about another one.
    ensurePublished: async ({ final }) => ({
      visibleAt: new Date().toISOString(),
      evidence: [],
      ...(final === undefined ? {} : { onBase: true }),
    }),
  },
});
await workers.start();
process.send?.('ready');
