import { failure } from '../../../contract/failures.js';
import type { WorkflowRun, Workflows } from '../forge.js';
import { orNothing, statusOf, type GithubRepository } from './api.js';

/** The calls about workflows that are started by hand. */
export function workflowCalls({ octokit, at }: GithubRepository): Workflows {
  const { actions } = octokit.rest;
  return {
    // One page, since who looks for a run has started it a moment ago.
    async listRuns(file) {
      const order = { ...at, workflow_id: file, event: 'workflow_dispatch', per_page: 100 };
      // A workflow that is not on the default branch has no runs.
      const listed = await orNothing(actions.listWorkflowRuns(order));
      return (listed?.data.workflow_runs ?? []).map((run) => runOf(run));
    },

    readRun: async (id) => runOf((await actions.getWorkflowRun({ ...at, run_id: id })).data),

    async readFailure(id) {
      const { data } = await actions.listJobsForWorkflowRun({ ...at, run_id: id, per_page: 100 });
      const job = data.jobs.find(({ conclusion }) => isFailure(conclusion));
      if (job === undefined) return { said: 'None of its jobs says why.' };
      const step = job.steps?.find(({ conclusion }) => isFailure(conclusion));
      const what = `The job ${job.name}${step === undefined ? '' : `, at "${step.name}"`}`;
      const said = `${what}: ${job.html_url ?? job.conclusion ?? ''}.`;
      return step === undefined ? { said } : { step: step.name, said };
    },

    async start(file, ref, inputs) {
      const order = { ...at, workflow_id: file, ref, inputs };
      await actions.createWorkflowDispatch(order).catch((error: unknown) => {
        throw notStarted(file, ref, error);
      });
    },

    async stop(id) {
      try {
        await actions.cancelWorkflowRun({ ...at, run_id: id });
      } catch (error) {
        // It has ended.
        if (statusOf(error) !== 409) throw error;
      }
    },
  };
}

function notStarted(file: string, ref: string, error: unknown): unknown {
  const status = statusOf(error);
  if ((status !== 404 && status !== 422) || !(error instanceof Error)) return error;
  return failure('operator', {
    now: `GitHub does not start ${file} on ${ref}: ${error.message}`,
    not: 'Nothing was uploaded by it.',
    next: 'The file has to stand on the default branch too, and the service’s token needs write access to actions: see to both, then send `retry`.',
  });
}

function isFailure(conclusion: string | null): boolean {
  return conclusion !== null && conclusion !== 'success' && conclusion !== 'skipped';
}

interface Raw {
  readonly id: number;
  readonly display_title: string;
  readonly html_url: string;
  readonly status: string | null;
  readonly conclusion: string | null;
}

function runOf({ id, display_title: title, html_url: url, status, conclusion }: Raw): WorkflowRun {
  if (status !== 'completed') return { id, title, url, state: 'open', said: status ?? 'requested' };
  const state = conclusion === 'success' ? 'succeeded' : 'failed';
  return { id, title, url, state, said: conclusion ?? status };
}
