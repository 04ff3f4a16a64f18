import { z } from 'zod';
import type { WorkflowRunFields } from './changes.js';
import { actor, commit, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { apiOf } from './documents.js';
import { json, noContent, notFound, Refusal, type Reply } from './http.js';
import { jobDocument, runDocument, runPage } from './workflow-documents.js';
import { evaluated, inputValues, readWorkflow, workflowPath, type Workflow } from './workflow-file.js';

/** Workflows that are started by hand, and their runs. */
export const workflowRoutes: readonly RepositoryRoute[] = [
  { method: 'POST', path: /^\/actions\/workflows\/([^/]+)\/dispatches$/, answer: dispatch },
  { method: 'GET', path: /^\/actions\/workflows\/([^/]+)\/runs$/, answer: listRuns },
  {
    method: 'GET',
    path: /^\/actions\/runs\/(\d+)$/,
    answer: async (context) => json(200, await runDocument(context, theRun(context))),
  },
  {
    method: 'GET',
    path: /^\/actions\/runs\/(\d+)\/jobs$/,
    answer(context) {
      const run = theRun(context);
      return paged(context, run.jobs, (page) => ({
        total_count: run.jobs.length,
        jobs: page.map((job) => jobDocument(context, run, job)),
      }));
    },
  },
  { method: 'POST', path: /^\/actions\/runs\/(\d+)\/cancel$/, answer: cancel },
];

function theRun({ repository, parts: [id] }: RepositoryContext): WorkflowRunFields {
  const run = repository.state.workflowRuns.get(Number(id));
  if (run === undefined) throw notFound();
  return run;
}

const dispatchSchema = z.object({
  ref: z.string(),
  inputs: z.record(z.string(), z.coerce.string()).default({}),
  return_run_details: z.boolean().default(false),
});

async function dispatch(context: RepositoryContext): Promise<Reply> {
  const { site, repository, parts } = context;
  const [file = ''] = parts;
  const { git } = repository;
  await mustBeKnown(context);
  const { ref, inputs, return_run_details: detailed } = readBody(context, dispatchSchema, 'Workflow');
  const branch = ref.replace(/^refs\/heads\//, '');
  const sha = await git.commitOf(`refs/heads/${branch}`);
  if (sha === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
  const workflow = readWorkflow((await git.textOf(sha, workflowPath(file))) ?? '');
  if (workflow === undefined) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
  const given = inputsFor(workflow, inputs);
  const id = site.store.newId();
  const title = evaluated(workflow['run-name'] ?? workflow.name ?? file, inputValues(given));
  const by = actor(context).login;
  const run: WorkflowRunFields = { id, file, title, branch, sha, inputs: given, by, ...fresh };
  commit(context, { type: 'workflow-run-created', workflowRun: run });
  if (!detailed) return noContent;
  const api = `${apiOf(site, repository)}/actions/runs/${id}`;
  return json(200, { workflow_run_id: id, run_url: api, html_url: runPage(context, id) });
}

const fresh = { status: 'queued', conclusion: null, jobs: [] } as const;

function inputsFor({ on }: Workflow, sent: Readonly<Record<string, string>>): Record<string, string> {
  const declared = on.workflow_dispatch.inputs;
  const unexpected = Object.keys(sent).filter((name) => !Object.hasOwn(declared, name));
  if (unexpected.length > 0)
    throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const all = Object.entries(declared).map(([name, { required, default: otherwise = '' }]) => {
    if (required && sent[name] === undefined) throw new Refusal(422, `Required input '${name}' not provided`);
    return [name, sent[name] ?? otherwise] as const;
  });
  return Object.fromEntries(all);
}

/** A workflow is known by its file on the default branch, wherever it is then run. */
async function mustBeKnown({ repository, parts: [file = ''] }: RepositoryContext): Promise<void> {
  const { git, defaultBranch } = repository;
  if ((await git.textOf(`refs/heads/${defaultBranch}`, workflowPath(file))) === undefined) throw notFound();
}

async function listRuns(context: RepositoryContext): Promise<Reply> {
  await mustBeKnown(context);
  const { repository, parts, exchange } = context;
  const branch = exchange.query.get('branch');
  const event = exchange.query.get('event') ?? 'workflow_dispatch';
  const found = [...repository.state.workflowRuns.values()]
    .filter((run) => run.file === parts[0] && (branch === null || run.branch === branch))
    .filter(() => event === 'workflow_dispatch')
    .reverse();
  const documents = await Promise.all(found.map((run) => runDocument(context, run)));
  return paged(context, documents, (page) => ({ total_count: found.length, workflow_runs: page }));
}

function cancel(context: RepositoryContext): Reply {
  const run = theRun(context);
  if (run.status === 'completed') throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
  const workflowRun: WorkflowRunFields = { ...run, status: 'completed', conclusion: 'cancelled' };
  commit(context, { type: 'workflow-run-updated', workflowRun });
  return json(202, {});
}
