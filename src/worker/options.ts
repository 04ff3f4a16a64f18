import type { WorkerOptions } from '@temporalio/worker';

import { taskQueue, type Zone } from '../contract/zones.js';

/**
 * A release that is flooded gets thousands of messages in one workflow task, and Node does not survive that one is cut off in
 * the middle. The worker has that option, its type does not name it yet.
 */
const unhurried = { isolateExecutionTimeout: '1 minute' };

/** What every worker of a zone is like, whatever it is connected to and whatever it does. */
export function workerOptions(zone: Zone): Partial<WorkerOptions> & { readonly taskQueue: string } {
  return {
    taskQueue: taskQueue(zone),
    maxHeartbeatThrottleInterval: '2s',
    // For so long a yank waits for a worker that has just died and remembers the release, before another one gets it.
    stickyQueueScheduleToStartTimeout: '2s',
    ...(zone === 'workflow' ? { ...unhurried, enableNonLocalActivities: false } : {}),
  };
}
