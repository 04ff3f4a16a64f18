import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';

import { failure } from '../contract/failures.js';
import { leaseHolderName, leaseId, packageOfRelease } from '../contract/handles.js';
import { createLeaseActivities } from './lease.js';
import type { Engine } from './support/fence.js';

/** How long the server may take to answer, in milliseconds: several answers may be lost before an attempt is given up. */
const answerMilliseconds = 3000;

/** gRPC's NOT_FOUND: so the server says that it has given the task to another attempt, or that the run has ended. */
const notFound = 5;

/** What the engine says of attempts: by heartbeats, since the SDK does not tell whether its own arrived. */
export function attemptsOf(client: Client): Engine {
  const { ensureLease } = createLeaseActivities(client);
  const { namespace } = client.options;
  return {
    async isCurrent({ taskToken }, left) {
      const payloads = toPayloads(defaultPayloadConverter, left) ?? [];
      const details = left === undefined ? {} : { details: { payloads } };
      try {
        await client.withDeadline(Date.now() + answerMilliseconds, () =>
          client.workflowService.recordActivityTaskHeartbeat({ namespace, taskToken, ...details }),
        );
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code === notFound) return false;
        throw error;
      }
    },

    /** A release that was terminated, or had ended, and was reset since may have lost its lease to another one. */
    async checkMayAct({ workflowExecution: { workflowId } = { workflowId: '' } }) {
      const name = packageOfRelease(workflowId);
      if (name === undefined || (await readHolder(client, name)) === workflowId) return;
      const lease = await ensureLease({ package: name, holder: workflowId, wait: false });
      if (lease.state === 'granted') return;
      throw failure('operator', {
        now: `${lease.holder} is open and holds the lease of ${name}.`,
        not: `${workflowId}, which was reset after it had given its lease back, changes nothing outside meanwhile.`,
        next: `Let ${lease.holder} end, then send \`retry\`; or \`abort\` this one.`,
      });
    },
  };
}

/** Who holds a package's lease; undefined where nobody does. */
async function readHolder(client: Client, name: string): Promise<string | undefined> {
  try {
    return await client.workflow.getHandle(leaseId(name)).query<string | undefined>(leaseHolderName);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
