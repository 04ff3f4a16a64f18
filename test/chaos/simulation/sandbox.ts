import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

import { TypedSearchAttributes, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { coresdk } from '@temporalio/proto';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import type { WorkflowInfo } from '@temporalio/workflow';

const codePath = fileURLToPath(new URL('../../../dist/workflow-bundle.js', import.meta.url));

/** One thing that a run is told in an activation. */
export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
/** One thing that a run wants of the engine. */
export type Command = coresdk.workflow_commands.IWorkflowCommand;

/** A workflow run in the SDK's own sandbox, without a server. */
export interface SandboxRun {
  /** Whether its first task is done: nobody can ask it anything before. */
  isBegun(): boolean;
  /** Hands jobs on at a moment (milliseconds) and returns what the run wants; its task failing is an error. */
  activate(jobs: readonly Job[], at: number): Promise<readonly Command[]>;
  dispose(): Promise<void>;
}

/** What a run is started with. */
export interface RunStart {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly args: readonly Payload[];
  /** What the run draws its own ids from. */
  readonly seed: number;
}

/** The order in which the engine hands jobs on: messages come before everything that goes on. */
const isMessage = ({ signalWorkflow, doUpdate }: Job) => isThere(signalWorkflow) || isThere(doUpdate);

/** Makes runs of the real workflow bundle; without the SDK's promise hooks, which take most of the time for stack traces. */
export function openSandbox(): (start: RunStart, at: number) => Promise<SandboxRun> {
  const code = readFileSync(codePath, 'utf8');
  const bundle = {
    code,
    filename: codePath,
    sourceMap: { version: 3, sources: [], names: [], mappings: '', file: codePath },
  };
  const script = new vm.Script(code, { filename: codePath });
  const creator = new ReusableVMWorkflowCreator(script, bundle, undefined as unknown as number, new Set());
  return async (start, at) => {
    const workflow = await creator.createWorkflow({
      info: infoOf(start, at),
      randomnessSeed: [...Buffer.from(String(start.seed).padStart(16, '0'))],
      now: at,
      showStackTraceSources: false,
    });
    return runOf(workflow, start);
  };
}

function runOf(workflow: Workflow, { runId, workflowId, type, args }: RunStart): SandboxRun {
  let events = 0;
  let isBegun = false;
  return {
    isBegun: () => isBegun,
    async activate(jobs, at) {
      const begun: Job[] = isBegun
        ? []
        : [
            {
              initializeWorkflow: {
                workflowId,
                workflowType: type,
                arguments: [...args],
                randomnessSeed: null,
              },
            },
          ];
      isBegun = true;
      const ordered = [...begun, ...jobs.filter(isMessage), ...jobs.filter((job) => !isMessage(job))];
      const completion = await workflow.activate(
        coresdk.workflow_activation.WorkflowActivation.fromObject({
          runId,
          timestamp: { seconds: Math.floor(at / 1000), nanos: (at % 1000) * 1_000_000 },
          historyLength: events,
          jobs: ordered,
        }),
      );
      if (isThere(completion.failed))
        throw new Error(
          `the workflow task fails: ${completion.failed.failure?.message ?? ''}\n${completion.failed.failure?.stackTrace ?? ''}`,
        );
      const commands = completion.successful?.commands ?? [];
      // A task is three events, and each thing in it about one.
      if (ordered.every(({ queryWorkflow }) => !isThere(queryWorkflow)))
        events += 3 + ordered.length + commands.length;
      await workflow.getAndResetSinkCalls();
      return commands;
    },
    dispose: () => workflow.dispose(),
  };
}

function infoOf({ workflowId, runId, type }: RunStart, at: number): WorkflowInfo {
  const begun = new Date(at);
  return {
    ...{
      workflowType: type,
      runId,
      workflowId,
      firstExecutionRunId: runId,
      namespace: 'default',
      attempt: 1,
    },
    ...{ taskTimeoutMs: 10_000, taskQueue: 'slipway-workflow', startTime: begun, runStartTime: begun },
    ...{ searchAttributes: {}, typedSearchAttributes: new TypedSearchAttributes() },
    ...{ historyLength: 3, historySize: 300, continueAsNewSuggested: false },
    targetWorkerDeploymentVersionChanged: false,
    unsafe: {
      isReplaying: false,
      isReplayingHistoryEvents: false,
      now: () => at,
      random: { random: () => 0.5, uuid4: () => runId } as never,
    },
  } as unknown as WorkflowInfo;
}

/** A value as the engine carries it. */
export function toPayload(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

/** A value that the engine carried. */
export function fromPayload<T>(payload: Payload | null | undefined): T {
  return defaultPayloadConverter.fromPayload<T>(payload ?? {});
}

/** Whether a field of a protobuf message is there. */
export function isThere<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}
