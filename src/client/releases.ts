import { randomUUID } from 'node:crypto';

import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  type Client,
} from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';

import { taskQueue } from '../contract/zones.js';
import {
  admittedName,
  attributesAtStart,
  queryName,
  releaseId,
  searchAttributes,
  unYankId,
  workflowTypes,
  yankId,
  type Admission,
  type ReleaseStart,
  type YankRequest,
} from '../contract/handles.js';
import { troubleOf } from '../contract/failures.js';
import type { Message, MessageKind } from '../contract/messages.js';
import type { Answer } from '../contract/refusals.js';
import { fail, type Precondition } from '../contract/preconditions.js';
import type { ReleaseRequest } from '../contract/release.js';
import type { Ledger, ReleaseOutcome } from '../contract/state.js';
import { ClientFailure, exitCodes, told } from './failures.js';
import { explainFlood } from './flooded.js';

/** How long a worker may take to answer before the client goes another way, in milliseconds. */
const patience = 10_000;

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD');

/** Starts a release and waits until it is admitted, waits in line, or is refused. */
export async function startRelease(client: Client, request: ReleaseRequest): Promise<Admission> {
  const { package: name, version } = request;
  const start = new WithStartWorkflowOperation(workflowTypes.release, {
    workflowId: releaseId(name, version),
    taskQueue: taskQueue('workflow'),
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [{ request } satisfies ReleaseStart],
    staticSummary: `Release ${name} ${version}`,
    staticDetails: `Asked for by ${request.by} (unverified).`,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: keyword(searchAttributes.package), value: name },
      { key: keyword(searchAttributes.version), value: version },
      ...Object.entries(attributesAtStart).map(([attribute, value]) => ({ key: keyword(attribute), value })),
    ]),
  });
  try {
    const admission = await inTime<Admission>(client, () =>
      client.workflow.executeUpdateWithStart(admittedName, { startWorkflowOperation: start }),
    );
    return admission ?? (await unanswered(client, name, version));
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      throw new ClientFailure(
        {
          now: `${releaseId(name, version)} is open already.`,
          not: 'Nothing was started.',
          next: `Look at it with \`slipway status ${name} ${version}\`, or join it with --attach.`,
        },
        exitCodes.refused,
      );
    throw error;
  }
}

/** A version has one open release. */
export function openAlready(name: string, version: string): Precondition {
  return fail(
    'release',
    `${releaseId(name, version)} is open already`,
    `look at it with \`slipway status ${name} ${version}\`, or join it with --attach.`,
  );
}

async function unanswered(client: Client, name: string, version: string): Promise<never> {
  const id = releaseId(name, version);
  const { raw } = await client.workflow.getHandle(id).describe();
  const [pending] = raw.pendingActivities ?? [];
  const look = `look with \`slipway status ${name} ${version}\``;
  const why =
    pending === undefined
      ? 'no worker has taken it up yet'
      : `not admitted yet (${pending.lastFailure?.message ?? 'its terms are being read'})`;
  throw new ClientFailure(
    {
      now: `${id} is started, but ${why}.`,
      not: 'Nothing outside was touched so far.',
      next:
        pending === undefined
          ? `No worker runs: start one with \`slipway worker\`, then ${look}.`
          : `It goes on by itself: ${look}, or give it up with \`slipway abort ${name} ${version}\`.`,
    },
    exitCodes.unreachable,
  );
}

/** Sends a message and returns whether it counted; undefined if no worker answers: then it is left as a signal, judged later. */
export async function sendMessage(
  client: Client,
  release: { package: string; version: string },
  kind: MessageKind,
  message: Message,
  workflowId = releaseId(release.package, release.version),
): Promise<Answer | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  // One id for both ways, so that a late update and the signal count once.
  const named = { ...message, id: message.id ?? randomUUID() };
  const outcome = await inTime<Answer>(client, () => handle.executeUpdate(kind, { args: [named] })).catch(
    explainMalformed,
  );
  if (outcome === undefined) await handle.signal(kind, named).catch(explainFlood(release, kind));
  return outcome;
}

/** What is no message at all was refused before it left a trace. */
function explainMalformed(error: unknown): never {
  const trouble = error instanceof WorkflowUpdateFailedError ? troubleOf(error.cause) : undefined;
  throw trouble === undefined ? error : new ClientFailure(trouble, exitCodes.usage);
}

/** What can be done with a version whose release has ended, each by a workflow of its own. */
const late = {
  yank: { type: workflowTypes.yank, id: yankId, title: 'Yank' },
  'un-yank': { type: workflowTypes.unYank, id: unYankId, title: 'Un-yank' },
} as const;
export type LateKind = keyof typeof late;

/** The ids of what may be going on with a version whose release has ended. */
export function lateIds({ package: name, version }: { package: string; version: string }): string[] {
  return Object.values(late).map(({ id }) => id(name, version));
}

/** Starts the yank of a version whose release has ended, or taking one back. */
export async function startLate(client: Client, kind: LateKind, request: YankRequest): Promise<string> {
  const { type, id, title } = late[kind];
  const workflowId = id(request.package, request.version);
  try {
    await client.workflow.start(type, {
      workflowId,
      taskQueue: taskQueue('workflow'),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [request],
      staticSummary: `${title} ${request.package} ${request.version}`,
      staticDetails: `Asked for by ${request.by} (unverified): ${request.reason}`,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: keyword(searchAttributes.package), value: request.package },
        { key: keyword(searchAttributes.version), value: request.version },
      ]),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
}

/** How it came out, or undefined while it goes on; that it was refused is a ClientFailure. */
export async function lateOutcome(client: Client, workflowId: string): Promise<ReleaseOutcome | undefined> {
  try {
    return await inTime<ReleaseOutcome>(client, () => client.workflow.getHandle(workflowId).result());
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new ClientFailure(troubleOf(error.cause) ?? told(error.cause ?? error).trouble, exitCodes.refused);
  }
}

/** The whole state of a release; of one with which something was done after its end, as the last of it left it. */
export async function readLedger(client: Client, name: string, version: string): Promise<Ledger> {
  const [ledger, ...since] = await Promise.all([
    askForLedger(client, releaseId(name, version)),
    ...lateIds({ package: name, version }).map((id) => lateSince(client, id)),
  ]);
  const [last] = since
    .filter((run) => run !== undefined && run.at >= new Date(ledger.startedAt))
    .sort((a, b) => Number(b?.at) - Number(a?.at));
  return last === undefined ? ledger : askForLedger(client, last.workflowId);
}

async function askForLedger(client: Client, workflowId: string): Promise<Ledger> {
  const handle = client.workflow.getHandle(workflowId);
  const ledger = await inTime<Ledger>(client, () => handle.query(queryName)).catch((error: unknown) => {
    if (!isGone(error)) throw error;
    throw new ClientFailure(
      {
        now: `The server knows no ${workflowId}.`,
        not: 'There is nothing to show or to answer.',
        next: '`slipway list` shows what it knows.',
      },
      exitCodes.refused,
    );
  });
  if (ledger !== undefined) return ledger;
  throw new ClientFailure(
    {
      now: 'No worker answers.',
      not: 'Its state cannot be read; nothing is lost meanwhile.',
      next: 'Start one with `slipway worker` (or `slipway up`).',
    },
    exitCodes.unreachable,
  );
}

/** When it was started; a refused one changed nothing, and counts for nothing. */
async function lateSince(
  client: Client,
  workflowId: string,
): Promise<{ workflowId: string; at: Date } | undefined> {
  try {
    const { status, startTime: at } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' || status.name === 'COMPLETED' ? { workflowId, at } : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether a run is not open, or was never there. */
export function isGone(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError;
}

/** The end of a release. */
export async function awaitOutcome(client: Client, name: string, version: string): Promise<ReleaseOutcome> {
  const outcome: unknown = await client.workflow.getHandle(releaseId(name, version)).result();
  return outcome as ReleaseOutcome;
}

/** The answer, or undefined if nobody gives one in time: then the question is given up. */
export async function inTime<T>(
  client: Client,
  ask: () => Promise<T>,
  milliseconds = patience,
): Promise<T | undefined> {
  try {
    return await client.withDeadline(Date.now() + milliseconds, ask);
  } catch (error) {
    if (isUnanswered(error)) return undefined;
    throw error;
  }
}

/** gRPC's FAILED_PRECONDITION: so the server says it of a queue that no worker has asked lately. */
const noWorkerLately = 9;

/** A late run registers what it hears once it has its record: until then it takes signals alone. */
function isTooEarly(error: unknown): boolean {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause?.message.includes('No registered handler') === true;
}

/** Whether nobody answered in time; who of client and server sees the deadline first names it differently. */
function isUnanswered(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return (
    isGrpcDeadlineError(error) ||
    isGrpcCancelledError(error) ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isTooEarly(error) ||
    (isGrpcServiceError(cause) && Number(cause.code) === noWorkerLately)
  );
}
