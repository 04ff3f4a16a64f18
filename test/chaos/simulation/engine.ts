import type { Payload } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';

import { Activity, type Workshop } from './attempts.js';
import {
  fromPayload,
  isThere,
  openSandbox,
  toPayload,
  type Command,
  type Job,
  type SandboxRun,
} from './sandbox.js';

/** What an update comes to; `closed` where no run is left to answer. */
export type Reply =
  { readonly state: 'answered'; readonly value: unknown } | { readonly state: 'refused' | 'closed' };

/** An open run of a workflow and what it waits for. */
interface OpenRun {
  readonly workflowId: string;
  readonly type: string;
  readonly sandbox: SandboxRun;
  readonly inbox: Job[];
  readonly timers: Map<number, () => void>;
  readonly activities: Map<number, Activity>;
  readonly updates: Map<string, (reply: Reply) => void>;
  isCalled: boolean;
}

/** The bundle is compiled once in a process. */
const opened = { sandbox: undefined as ReturnType<typeof openSandbox> | undefined };

/** An engine in one process and in virtual time: it starts workflows and hands on what they wait for, in a drawn order. */
export class Engine {
  readonly scheduled: { activity: string; at: string }[] = [];
  /** How many runs have continued as new. */
  pagesTurned = 0;
  readonly #runs = new Map<string, OpenRun>();
  readonly #closed: SandboxRun[] = [];
  readonly #last = new Map<string, SandboxRun>();
  #made = 0;

  constructor(
    readonly shop: Workshop,
    readonly seed: number,
  ) {}

  isOpen(workflowId: string): boolean {
    return this.#runs.has(workflowId);
  }

  /** Starts a workflow; one that is open stays. */
  async start(type: string, workflowId: string, args: readonly unknown[]): Promise<void> {
    if (!this.isOpen(workflowId)) await this.#open(type, workflowId, args.map(toPayload));
  }

  /** Sends a signal; false if nobody is there to get it. */
  signal(workflowId: string, name: string, input: readonly unknown[]): boolean {
    return this.#tell(workflowId, { signalWorkflow: { signalName: name, input: input.map(toPayload) } });
  }

  /** Asks the engine itself to cancel a run. */
  cancel(workflowId: string): boolean {
    return this.#tell(workflowId, { cancelWorkflow: { reason: 'asked for' } });
  }

  /** Sends an update and waits, in virtual time, for what it comes to. */
  update(workflowId: string, name: string, input: readonly unknown[]): Promise<Reply> {
    const run = this.#runs.get(workflowId);
    if (run === undefined) return Promise.resolve({ state: 'closed' });
    this.#made += 1;
    const id = `update-${String(this.#made)}`;
    return new Promise((resolve) => {
      run.updates.set(id, resolve);
      this.#tell(workflowId, {
        doUpdate: {
          id,
          protocolInstanceId: id,
          name,
          input: input.map(toPayload),
          runValidator: true,
          meta: { updateId: id, identity: 'simulation' },
        },
      });
    });
  }

  /** What a workflow answers to a query, also when it has ended. */
  async query<T>(workflowId: string, name: string): Promise<T | undefined> {
    const sandbox = this.#last.get(workflowId);
    if (sandbox?.isBegun() !== true) return undefined;
    const commands = await sandbox.activate(
      [{ queryWorkflow: { queryId: 'query', queryType: name, arguments: [] } }],
      this.shop.agenda.now,
    );
    const response = commands[0]?.respondToQuery?.succeeded?.response;
    return !isThere(response) ? undefined : fromPayload<T>(response);
  }

  /** Lets every run go. */
  async dispose(): Promise<void> {
    const open = [...this.#runs.values()].map(({ sandbox }) => sandbox);
    for (const sandbox of new Set([...open, ...this.#closed])) await sandbox.dispose();
  }

  async #open(type: string, workflowId: string, args: readonly Payload[]): Promise<void> {
    opened.sandbox ??= openSandbox();
    this.#made += 1;
    const { now } = this.shop.agenda;
    const runId = `run-${String(this.seed)}-${String(this.#made)}`;
    const sandbox = await opened.sandbox(
      { workflowId, runId, type, args, seed: this.seed * 1000 + this.#made },
      now,
    );
    const run: OpenRun = {
      ...{ workflowId, type, sandbox, isCalled: false },
      ...{ inbox: [], timers: new Map(), activities: new Map(), updates: new Map() },
    };
    this.#runs.set(workflowId, run);
    this.#last.set(workflowId, sandbox);
    this.#call(run);
  }

  #tell(workflowId: string, job: Job): boolean {
    const run = this.#runs.get(workflowId);
    if (run === undefined) return false;
    run.inbox.push(job);
    this.#call(run);
    return true;
  }

  /** Has a worker take up what has come for a run: mostly at once, sometimes late, and then much at a time. */
  #call(run: OpenRun): void {
    if (run.isCalled) return;
    run.isCalled = true;
    const { agenda, draws } = this.shop;
    const latency = draws.chance(0.05) ? draws.below(20_000) : draws.below(20);
    agenda.after(latency, () => this.#work(run));
  }

  async #work(run: OpenRun): Promise<void> {
    if (this.#runs.get(run.workflowId) !== run) return;
    run.isCalled = false;
    const jobs = run.inbox.splice(0);
    const commands = await run.sandbox.activate(jobs, this.shop.agenda.now);
    for (const command of commands) await this.#carryOut(run, command);
  }

  async #carryOut(run: OpenRun, command: Command): Promise<void> {
    const { scheduleActivity, requestCancelActivity, updateResponse } = command;
    if (isThere(command.scheduleLocalActivity)) throw new Error('the model has no local activities');
    if (isThere(scheduleActivity)) this.#schedule(run, scheduleActivity);
    if (isThere(requestCancelActivity)) run.activities.get(requestCancelActivity.seq ?? 0)?.cancel();
    if (isThere(updateResponse)) answerUpdate(run, updateResponse);
    this.#keepTime(run, command);
    this.#signalOut(run, command);
    await this.#end(run, command);
  }

  #keepTime(run: OpenRun, { startTimer, cancelTimer }: Command): void {
    if (isThere(cancelTimer)) run.timers.get(cancelTimer.seq ?? 0)?.();
    if (!isThere(startTimer)) return;
    const seq = startTimer.seq ?? 0;
    const fire = () => {
      this.#resolve(run, { fireTimer: { seq } });
    };
    run.timers.set(seq, this.shop.agenda.after(tsToMs(startTimer.startToFireTimeout), fire));
  }

  #schedule(run: OpenRun, scheduled: NonNullable<Command['scheduleActivity']>): void {
    const seq = scheduled.seq ?? 0;
    this.scheduled.push({ activity: scheduled.activityType ?? '', at: this.shop.agenda.iso });
    const end = (result: NonNullable<Job['resolveActivity']>['result']) => {
      this.#resolve(run, { resolveActivity: { seq, result: result ?? null } });
    };
    run.activities.set(seq, new Activity(this.shop, scheduled, end));
  }

  /** Tells a run what came of something that it waits for, if it is the one that is open. */
  #resolve(run: OpenRun, job: Job): void {
    if (this.#runs.get(run.workflowId) === run) this.#tell(run.workflowId, job);
  }

  #signalOut(run: OpenRun, { signalExternalWorkflowExecution: out }: Command): void {
    if (!isThere(out)) return;
    const isHeard = this.#tell(out.workflowExecution?.workflowId ?? '', {
      signalWorkflow: { signalName: out.signalName ?? '', input: [...(out.args ?? [])] },
    });
    const failure = { message: 'not found', applicationFailureInfo: { type: 'NotFound' } };
    this.#resolve(run, {
      resolveSignalExternalWorkflow: { seq: out.seq ?? 0, ...(isHeard ? {} : { failure }) },
    });
  }

  async #end(run: OpenRun, command: Command): Promise<void> {
    const { completeWorkflowExecution: done, failWorkflowExecution: failed } = command;
    const next = command.continueAsNewWorkflowExecution;
    if (![done, failed, next].some(isThere)) return;
    this.#runs.delete(run.workflowId);
    this.#closed.push(run.sandbox);
    for (const callOff of run.timers.values()) callOff();
    if (isThere(next)) {
      this.pagesTurned += 1;
      await this.#open(run.type, run.workflowId, next.arguments ?? []);
    } else for (const answer of run.updates.values()) answer({ state: 'closed' });
  }
}

function answerUpdate(run: OpenRun, response: NonNullable<Command['updateResponse']>): void {
  if (isThere(response.accepted)) return;
  const id = response.protocolInstanceId ?? '';
  const { completed } = response;
  run.updates.get(id)?.(
    !isThere(completed) ? { state: 'refused' } : { state: 'answered', value: fromPayload(completed) },
  );
  run.updates.delete(id);
}
