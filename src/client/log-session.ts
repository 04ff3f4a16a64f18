import { randomUUID } from 'node:crypto';

import { WithStartWorkflowOperation, type Client } from '@temporalio/client';

import { taskQueue } from '../contract/zones.js';
import { workflowTypes } from '../contract/handles.js';
import { logId, readLogName, type LogAnswer, type LogQuestion } from '../contract/log.js';
import { ClientFailure, exitCodes } from './failures.js';
import { inTime } from './releases.js';

/** One reading of a log through the service, whose zone has the store and the folders of what runs. */
export interface LogSession {
  ask(question: LogQuestion): Promise<LogAnswer>;
  /** Leaves nothing of the reading on the server. */
  close(): Promise<void>;
}

/** Longer than a question may take beside its own wait, in milliseconds. */
const patience = 15_000;

/** How many answers stand in the history of one workflow before another goes on. */
const mostQuestions = 40;

/** Opens a reading; the workflow behind it begins with the first question. */
export function openLogSession(
  client: Client,
  { package: name, version }: { readonly package: string; readonly version: string },
): LogSession {
  let workflowId = '';
  let asked = 0;
  const close = async () => {
    if (workflowId !== '') await forget(client, workflowId);
    workflowId = '';
  };
  return {
    async ask(question) {
      if (asked % mostQuestions === 0) {
        await close();
        workflowId = logId(name, version, randomUUID());
      }
      asked += 1;
      const operation = new WithStartWorkflowOperation(workflowTypes.log, {
        workflowId,
        taskQueue: taskQueue('workflow'),
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Log of ${name} ${version}`,
        args: [],
      });
      return answerTo(client, question, operation);
    },
    close,
  };
}

async function answerTo(
  client: Client,
  question: LogQuestion,
  startWorkflowOperation: WithStartWorkflowOperation<() => Promise<void>>,
): Promise<LogAnswer> {
  const wait = 'seconds' in question ? question.seconds * 1000 : 0;
  const answer = await inTime<LogAnswer>(
    client,
    () => client.workflow.executeUpdateWithStart(readLogName, { args: [question], startWorkflowOperation }),
    patience + wait,
  );
  if (answer !== undefined) return answer;
  throw new ClientFailure(
    {
      now: 'No worker answers: logs are read by the workers of the zones workflow and urgent.',
      not: 'Nothing of the output was read; it is kept.',
      next: 'Start one with `slipway worker` (or `slipway up`), then the same command again.',
    },
    exitCodes.unreachable,
  );
}

/** What was read stands in its history, and nobody looks for it; where it may not be deleted, it ends by itself. */
async function forget(client: Client, workflowId: string): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService
    .deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } })
    .catch(() => undefined);
}
