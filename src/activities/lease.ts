import { WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';

import type { LeaseAnswer, UrgentActivities } from '../contract/activities.js';
import { taskQueue } from '../contract/zones.js';
import { acquireName, leaseId, leaseReleasedName, workflowTypes } from '../contract/handles.js';

type LeaseActivities = Pick<UrgentActivities, 'ensureLease' | 'ensureLeaseReleased' | 'readRunIsOpen'>;

/** A package's lease is a workflow of its own; these talk to it through the engine. */
export function createLeaseActivities(client: Client): LeaseActivities {
  return {
    async ensureLease({ package: name, holder, wait }) {
      const lease = new WithStartWorkflowOperation(workflowTypes.lease, {
        workflowId: leaseId(name),
        taskQueue: taskQueue('workflow'),
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [],
        staticSummary: `The lease of ${name}: one release at a time`,
      });
      const answer: LeaseAnswer = await client.workflow.executeUpdateWithStart(acquireName, {
        startWorkflowOperation: lease,
        args: [{ holder, wait }],
      });
      return answer;
    },
    async ensureLeaseReleased({ package: name, holder }) {
      try {
        await client.workflow.getHandle(leaseId(name)).signal(leaseReleasedName, holder);
      } catch (error) {
        // A lease that is not open is not held.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
    async readRunIsOpen({ workflowId }) {
      try {
        const { status } = await client.workflow.getHandle(workflowId).describe();
        return { open: status.name === 'RUNNING' };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return { open: false };
        throw error;
      }
    },
  };
}
