import type { Client } from '@temporalio/client';

import { hasTraces, type CutOff } from '../../contract/adopting.js';
import { queryName, releaseId } from '../../contract/handles.js';
import type { Subject } from '../../contract/activities.js';
import type { Ledger } from '../../contract/state.js';
import { currentActivity } from '../support/cancellation.js';

/** Looks for the run of a release before this one, if it did not end by itself and left something. */
export type ReadEarlier = (subject: Subject) => Promise<CutOff | undefined>;

/** Asks the engine for earlier runs, for as long as it remembers them. */
export function earlierRuns(client: Client): ReadEarlier {
  return async (subject) => {
    const workflowId = releaseId(subject.package, subject.version);
    for (const run of await runsOf(client, workflowId)) {
      const handle = client.workflow.getHandle(workflowId, run);
      const { status } = await handle.describe();
      // One that is open is no earlier one, and one that ended by itself has left its record.
      if (status.name === 'RUNNING' || status.name === 'COMPLETED') return undefined;
      const ledger = await handle.query<Ledger>(queryName);
      // One that was refused did nothing.
      if (ledger.terms !== undefined && ledger.refusal === undefined)
        return hasTraces(ledger) ? { run, ledger } : undefined;
    }
    return undefined;
  };
}

/** The runs of a release but for the one that asks, newest first. */
async function runsOf(client: Client, workflowId: string): Promise<string[]> {
  const own = currentActivity()?.info.workflowExecution?.runId;
  const runs: { run: string; at: Date }[] = [];
  for await (const { runId: run, startTime: at } of client.workflow.list({
    query: `WorkflowId = "${workflowId}"`,
  }))
    if (run !== own) runs.push({ run, at });
  return runs.sort((one, other) => Number(other.at) - Number(one.at)).map(({ run }) => run);
}
