import type { WorkflowJob, WorkflowRunFields } from './changes.js';
import type { RepositoryContext } from './context.js';
import { apiOf, dated, nodeId, pageOf, userDocument, type Document } from './documents.js';
import type { CommitFacts, Identity } from './git.js';
import { repositoryDocument } from './repository-documents.js';
import type { Dated } from './state.js';
import { workflowPath } from './workflow-file.js';

type Run = WorkflowRunFields & Partial<Dated>;

/** The address of a run's page. */
export function runPage({ site, repository }: RepositoryContext, id: number): string {
  return `${pageOf(site, repository)}/actions/runs/${id}`;
}

/** `workflow-run` */
export async function runDocument(context: RepositoryContext, run: Run): Promise<Document> {
  const { site, repository, permission } = context;
  const { id, createdAt = '', updatedAt = '' } = run;
  const api = `${apiOf(site, repository)}/actions`;
  const url = `${api}/runs/${id}`;
  const place = repositoryDocument(site, repository, permission);
  const below = ['jobs', 'logs', 'artifacts', 'cancel', 'rerun'];
  return {
    id,
    node_id: nodeId('WorkflowRun', id),
    name: run.file,
    display_title: run.title,
    head_branch: run.branch,
    head_sha: run.sha,
    path: workflowPath(run.file),
    run_number: id,
    run_attempt: 1,
    event: 'workflow_dispatch',
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: 1,
    url,
    html_url: runPage(context, id),
    ...Object.fromEntries(below.map((it) => [`${it}_url`, `${url}/${it}`])),
    check_suite_url: `${apiOf(site, repository)}/check-suites/${id}`,
    workflow_url: `${api}/workflows/1`,
    pull_requests: [],
    created_at: dated(createdAt),
    updated_at: dated(updatedAt),
    actor: userDocument(site, run.by),
    head_commit: simpleCommit(await repository.git.commitFacts(run.sha)),
    repository: place,
    head_repository: place,
  };
}

/** `simple-commit` */
function simpleCommit({ sha, tree, message, author, committer }: CommitFacts): Document {
  const person = ({ name, email }: Identity) => ({ name, email });
  return {
    id: sha,
    tree_id: tree,
    message,
    timestamp: committer.date,
    author: person(author),
    committer: person(committer),
  };
}

/** `job` */
export function jobDocument(context: RepositoryContext, run: Run, job: WorkflowJob): Document {
  const { site, repository } = context;
  const api = apiOf(site, repository);
  const at = dated(run.createdAt ?? '');
  return {
    id: job.id,
    node_id: nodeId('Job', job.id),
    run_id: run.id,
    run_url: `${api}/actions/runs/${run.id}`,
    head_sha: run.sha,
    head_branch: run.branch,
    workflow_name: run.file,
    name: job.name,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${runPage(context, run.id)}/job/${job.id}`,
    status: 'completed',
    conclusion: job.conclusion,
    created_at: at,
    started_at: at,
    completed_at: dated(run.updatedAt ?? ''),
    steps: job.steps.map((step, index) => ({ ...step, status: 'completed', number: index + 1 })),
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'CI stand-in',
    runner_group_id: 1,
    runner_group_name: 'Default',
  };
}
