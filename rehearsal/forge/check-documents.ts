import type { CheckRunFields } from './changes.js';
import { paged, type RepositoryContext } from './context.js';
import { latestStatuses } from './demands.js';
import { apiOf, appDocument, dated, nodeId, pageOf, userDocument, type Document } from './documents.js';
import { repositoryDocument } from './repository-documents.js';
import type { Reply } from './http.js';
import type { Repository } from './site.js';

/** `check-run` */
export function checkRunDocument({ site, repository }: RepositoryContext, run: CheckRunFields): Document {
  const url = `${apiOf(site, repository)}/check-runs/${run.id}`;
  const page = `${pageOf(site, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    head_sha: run.sha,
    node_id: nodeId('CheckRun', run.id),
    external_id: run.externalId,
    url,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt === null ? null : dated(run.startedAt),
    completed_at: run.completedAt === null ? null : dated(run.completedAt),
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    name: run.name,
    check_suite: { id: run.id },
    app: appDocument(site, run.by),
    pull_requests: pullsAt({ site, repository }, run.sha),
  };
}

function pullsAt(
  { site, repository }: Pick<RepositoryContext, 'site' | 'repository'>,
  sha: string,
): Document[] {
  const api = apiOf(site, repository);
  const repo = { id: repository.id, url: api, name: repository.name };
  return [...repository.state.pulls.values()]
    .filter(({ state, head }) => state === 'open' && head.sha === sha)
    .map(({ id, number, head, base }) => ({
      id,
      number,
      url: `${api}/pulls/${number}`,
      head: { ...head, repo },
      base: { ...base, repo },
    }));
}

type Status = Repository['state']['statuses'][number];

/** `simple-commit-status` */
function statusSummary({ site, repository }: RepositoryContext, status: Status): Document {
  return {
    url: `${apiOf(site, repository)}/statuses/${status.sha}`,
    avatar_url: `${site.url}/avatars/${status.by}`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: dated(status.createdAt),
    updated_at: dated(status.createdAt),
  };
}

/** `status` */
export function statusDocument(context: RepositoryContext, status: Status): Document {
  return { ...statusSummary(context, status), creator: userDocument(context.site, status.by) };
}

/** `combined-commit-status` */
export function combinedStatus(context: RepositoryContext, sha: string): Reply {
  const { site, repository, permission } = context;
  const latest = latestStatuses(repository, sha);
  const states = latest.map(({ state }) => state);
  const isFailed = states.some((state) => state === 'failure' || state === 'error');
  const isGreen = states.length > 0 && states.every((state) => state === 'success');
  const api = apiOf(site, repository);
  return paged(context, latest, (page) => ({
    state: isFailed ? 'failure' : isGreen ? 'success' : 'pending',
    statuses: page.map((status) => statusSummary(context, status)),
    sha,
    total_count: latest.length,
    repository: repositoryDocument(site, repository, permission),
    commit_url: `${api}/commits/${sha}`,
    url: `${api}/commits/${sha}/status`,
  }));
}
