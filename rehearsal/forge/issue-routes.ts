import { z } from 'zod';
import { actor, commit, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { apiOf, dated, nodeId, pageOf, userDocument, type Document } from './documents.js';
import { invalid, json, notFound, type Reply } from './http.js';
import { associationOf } from './pull-documents.js';
import type { Issue, Pull } from './state.js';

/** Issues: opened, read and listed; a pull request is one of them. */
export const issueRoutes: readonly RepositoryRoute[] = [
  { method: 'GET', path: /^\/issues$/, answer: listIssues },
  { method: 'POST', path: /^\/issues$/, needs: 'read', answer: openIssue },
];

const states = ['open', 'closed', 'all'];

function listIssues(context: RepositoryContext): Reply {
  const { state, query } = { ...context.repository, ...context.exchange };
  const wanted = query.get('state') ?? 'open';
  if (!states.includes(wanted)) throw invalid('Issue', 'state');
  const since = query.get('since');
  const date = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const sign = (query.get('direction') ?? 'desc') === 'asc' ? 1 : -1;
  const found = [...state.issues.values(), ...state.pulls.values()]
    .filter((issue) => wanted === 'all' || stateOf(issue) === wanted)
    // It is the last change that has to be no older.
    .filter(({ updatedAt }) => since === null || Date.parse(updatedAt) >= Date.parse(since))
    .sort((a, b) => sign * (a[date].localeCompare(b[date]) || a.number - b.number));
  return paged(context, found, (page) => page.map((issue) => issueDocument(context, issue)));
}

const openSchema = z.object({ title: z.string().min(1), body: z.string().nullish() });

function openIssue(context: RepositoryContext): Reply {
  const { site, repository } = context;
  const by = actor(context).login;
  const { title, body = null } = readBody(context, openSchema, 'Issue');
  const { nextNumber: number } = repository.state;
  commit(context, { type: 'issue-opened', number, id: site.store.newId(), title, body, by });
  const issue = repository.state.issues.get(number);
  if (issue === undefined) throw notFound();
  const document = issueDocument(context, issue);
  return json(201, document, { location: String(document['url']) });
}

function stateOf(issue: Issue | Pull): 'open' | 'closed' {
  return 'head' in issue ? issue.state : 'open';
}

/** `issue` */
function issueDocument({ site, repository }: RepositoryContext, issue: Issue | Pull): Document {
  const { number, id, title, body, by, createdAt, updatedAt } = issue;
  const api = apiOf(site, repository);
  const url = `${api}/issues/${number}`;
  const isPull = 'head' in issue;
  const page = `${pageOf(site, repository)}/${isPull ? 'pull' : 'issues'}/${number}`;
  const pull = {
    url: `${api}/pulls/${number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
  };
  return {
    ...{ id, node_id: nodeId('Issue', id), number, title, body, url, html_url: page },
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    state: stateOf(issue),
    state_reason: null,
    user: userDocument(site, by),
    ...{
      labels: [],
      assignee: null,
      assignees: [],
      milestone: null,
      locked: false,
      active_lock_reason: null,
    },
    comments: [...repository.state.comments.values()].filter((comment) => comment.issue === number).length,
    created_at: dated(createdAt),
    updated_at: dated(updatedAt),
    closed_at: isPull && issue.closedAt !== null ? dated(issue.closedAt) : null,
    author_association: associationOf(repository, by),
    performed_via_github_app: null,
    ...(isPull ? { pull_request: pull, draft: issue.draft } : {}),
  };
}
