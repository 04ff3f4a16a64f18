import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { EventEmitter, once } from 'node:events';

import type { WorkflowJob, WorkflowRunFields } from './changes.js';
import type { ForgeStandIn } from './contract.js';
import type { IdentityProvider } from './identity.js';
import type { JobPlace } from './runner-actions.js';
import { playJob, runIn } from './runner-jobs.js';
import { inputValues, readWorkflow, workflowPath, type Job } from './workflow-file.js';

/** What the stand-in of GitHub's own runners is started with. */
export interface RunnerOptions {
  readonly forge: ForgeStandIn;
  /** As `owner/name`. */
  readonly repository: string;
  /** The token of a job that may write contents; every other job gets one that opens nothing. */
  readonly token: string;
  readonly identity: IdentityProvider;
  /** The index that stands for PyPI, by the root of its addresses. */
  readonly index: string;
  readonly pythonTools: string;
  /** Where jobs work. */
  readonly folder: string;
  /** Whether somebody has to let a job into its environment. */
  readonly reviewed?: boolean;
}

/** The running stand-in of runners. */
export interface Runner {
  /** Lets the jobs go on that wait before their environment, and those that come there. */
  approve(): void;
  /** Resolves when nothing is left to run. */
  idle(): Promise<void>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/** Runs the workflows that somebody starts, one after the other: their commands by bash, and a few actions by stand-ins. */
export function startRunner(options: RunnerOptions): Runner {
  const { forge, repository } = options;
  const stopping = new AbortController();
  const approval = new EventEmitter<{ given: [] }>();
  let approved = options.reviewed !== true;
  let work: Promise<void> = Promise.resolve();
  const approvalOf = async (signal: AbortSignal) => {
    if (!approved) await once(approval, 'given', { signal });
  };
  const cancellations = new Map<number, AbortController>();
  const stopListening = forge.onEntry((entry) => {
    if (entry.kind !== 'change' || entry.repository !== repository) return;
    if (!('workflowRun' in entry.change)) return;
    const { type, workflowRun } = entry.change;
    if (workflowRun.conclusion === 'cancelled') cancellations.get(workflowRun.id)?.abort();
    if (type !== 'workflow-run-created') return;
    const cancelled = new AbortController();
    cancellations.set(workflowRun.id, cancelled);
    const signal = AbortSignal.any([stopping.signal, cancelled.signal]);
    work = work
      .then(() => new RunOfWorkflow(options, workflowRun, approvalOf).play(signal))
      .catch((error: unknown) => {
        if (!signal.aborted) console.error(`The stand-in of runners failed: ${String(error)}`);
      });
  });
  return {
    approve() {
      approved = true;
      approval.emit('given');
    },
    idle: () => work,
    async close() {
      stopListening();
      stopping.abort();
      await work;
    },
  };
}

/** One run, reported to the forge as it goes on. */
class RunOfWorkflow {
  readonly #options: RunnerOptions;
  readonly #approvalOf: (signal: AbortSignal) => Promise<void>;
  #run: WorkflowRunFields;

  constructor(
    options: RunnerOptions,
    workflowRun: WorkflowRunFields,
    approvalOf: (signal: AbortSignal) => Promise<void>,
  ) {
    this.#options = options;
    this.#run = workflowRun;
    this.#approvalOf = approvalOf;
  }

  async play(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const folder = await mkdtemp(path.join(this.#options.folder, 'run-'));
    try {
      await this.#play(folder, signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #play(folder: string, signal: AbortSignal): Promise<void> {
    const { file, sha } = this.#run;
    const { repository, forge } = this.#options;
    const object = `${sha}:${workflowPath(file)}`;
    const shown = await runIn(folder, ['git', '-C', forge.gitFolder(repository), 'show', object], {}, signal);
    const workflow = readWorkflow(shown.output);
    if (workflow === undefined) throw new Error(`${file} was started and is no workflow`);
    for (const [index, [name, job]] of Object.entries(workflow.jobs).entries()) {
      if (job.environment !== undefined) {
        this.#report({ status: 'waiting' });
        await this.#approvalOf(signal);
      }
      this.#report({ status: 'in_progress' });
      const place = await this.#place(folder, name, job, workflow.env, signal);
      const made = await playJob(job, place);
      const done: WorkflowJob = { id: this.#run.id * 1000 + index, name, ...made };
      this.#report({ jobs: [...this.#run.jobs, done] });
      // Every job needs those before it.
      if (made.conclusion !== 'success') break;
    }
    const failed = this.#run.jobs.some(({ conclusion }) => conclusion !== 'success');
    this.#report({ status: 'completed', conclusion: failed ? 'failure' : 'success' });
  }

  async #place(
    folder: string,
    name: string,
    job: Job,
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<JobPlace> {
    const { forge, repository, token } = this.#options;
    const workspace = path.join(folder, name);
    await mkdir(workspace);
    return {
      ...this.#options,
      run: this.#run,
      job,
      workspace,
      artifacts: path.join(folder, '.artifacts'),
      signal,
      values: {
        ...inputValues(this.#run.inputs),
        'github.token': job.permissions.contents === 'write' ? token : 'a-token-that-opens-nothing',
      },
      env: {
        ...env,
        ...job.env,
        PATH: process.env.PATH ?? '',
        HOME: workspace,
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: forge.apiUrl,
        GITHUB_REPOSITORY: repository,
      },
    };
  }

  #report(change: Partial<WorkflowRunFields>): void {
    this.#run = { ...this.#run, ...change };
    this.#options.forge.reportRun(this.#options.repository, this.#run);
  }
}
