import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type ActivityInterfaceFor,
  type ActivityOptions,
} from '@temporalio/workflow';

import type { BuildActivities, PublishActivities, UrgentActivities } from '../contract/activities.js';
import { taskQueue } from '../contract/zones.js';
import type { TellingActivities } from '../contract/notifications.js';
import type { LocalActivities } from '../contract/signing.js';
import type {
  BuildExaminations,
  PublishExaminations,
  UrgentExaminations,
} from '../contract/preconditions.js';
import { summarise } from '../contract/summaries.js';

/** How often infrastructure may fail before the release asks people. */
const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 6 };

const common: ActivityOptions = {
  heartbeatTimeout: '15s',
  // A tool that still runs could act after its step was given up, so its end is awaited.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
};

/** Runs project code: suites, builds, installations, modes, applications, on one Python after the other; each tool has its own limit. */
export const build = summarised<BuildActivities>({
  ...common,
  taskQueue: taskQueue('build'),
  startToCloseTimeout: '12h',
});

/** Git, forge and indexes. */
export const publish = summarised<PublishActivities>({
  ...common,
  taskQueue: taskQueue('publish'),
  startToCloseTimeout: '40m',
});

/** People's consequences and the yank. */
export const urgent = summarised<UrgentActivities>({
  ...common,
  taskQueue: taskQueue('urgent'),
  startToCloseTimeout: '2m',
});

/** Tells people. What has to be done does not wait for it, and a channel that stays dead is given up after some minutes. */
export const telling = summarised<TellingActivities>({
  ...common,
  taskQueue: taskQueue('urgent'),
  startToCloseTimeout: '2m',
  retry: { initialInterval: '5s', backoffCoefficient: 3, maximumInterval: '1m', maximumAttempts: 5 },
});

/** Waits for a fact at a fixed interval for as long as it takes; its attempts add nothing to the history. */
const waiting: ActivityOptions = {
  ...common,
  startToCloseTimeout: '2m',
  retry: { initialInterval: '2s', backoffCoefficient: 1 },
};

/** Waits for what an index says, and for the loss of the ways to yank there. */
export const patient = summarised<Pick<UrgentActivities, 'awaitYanked' | 'awaitUnYanked' | 'awaitDisarmed'>>({
  ...waiting,
  taskQueue: taskQueue('urgent'),
});

/** Waits for what people and machines do on the forge. */
export const onForge = summarised<
  Pick<
    PublishActivities,
    'awaitChecks' | 'awaitReviews' | 'awaitMergeable' | 'awaitUploaded' | 'awaitReverted'
  >
>({
  ...waiting,
  taskQueue: taskQueue('publish'),
});

/** Looks at an index or a forge at the interval of a probe. */
export const looking = summarised<Pick<PublishActivities, 'awaitIndexProbe' | 'awaitIssuesProbe'>>({
  ...waiting,
  taskQueue: taskQueue('publish'),
});

/** Tries published files out at the interval of a probe; it holds one of the build zone's places only while it does. */
export const tryingOut = summarised<Pick<BuildActivities, 'awaitTrialProbe'>>({
  ...waiting,
  startToCloseTimeout: '12h',
  taskQueue: taskQueue('build'),
});

/** Waits until users who install without a pin are given another version; the yank does not depend on it, so that it may fail. */
export const installing = summarised<Pick<BuildActivities, 'awaitFallback'>>({
  ...waiting,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '3h',
  taskQueue: taskQueue('build'),
});

/**
 * Done by the worker of the procedure itself, at the cost of one event. The engine hands on no other message, not even a
 * yank, until it has ended, so it must not be able to take long.
 */
export const onTheSpot = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout: '2s',
  scheduleToCloseTimeout: '4s',
  retry: { initialInterval: '100ms', maximumAttempts: 2 },
});
/** Looks only: whoever asked waits for it, and what does not answer is said to them. */
const examining: ActivityOptions = {
  ...common,
  scheduleToStartTimeout: '15s',
  startToCloseTimeout: '5m',
  retry: { maximumAttempts: 2 },
};

export const examine = {
  publish: summarised<PublishExaminations>({ ...examining, taskQueue: taskQueue('publish') }),
  build: summarised<BuildExaminations>({ ...examining, taskQueue: taskQueue('build') }),
  urgent: summarised<UrgentExaminations>({ ...examining, taskQueue: taskQueue('urgent') }),
};

/** Proxies whose every call carries a summary for the Web UI's timeline. */
function summarised<T extends object>(options: ActivityOptions): ActivityInterfaceFor<T> {
  const proxies = proxyActivities<T>(options) as Record<string, ActivityCall>;
  return new Proxy(proxies, {
    get: (target, name: string) => (input: unknown) =>
      target[name]?.executeWithOptions({ summary: summarise(name, input) }, [input]),
  }) as ActivityInterfaceFor<T>;
}

interface ActivityCall {
  executeWithOptions(options: ActivityOptions, args: readonly unknown[]): Promise<unknown>;
}
