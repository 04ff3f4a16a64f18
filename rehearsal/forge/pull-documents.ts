import type { BranchTip } from './changes.js';
import type { RepositoryContext } from './context.js';
import { apiOf, dated, nodeId, pageOf, userDocument, type Document } from './documents.js';
import { repositoryDocument } from './repository-documents.js';
import type { MergeabilityFacts } from './mergeability.js';
import { allows, permissionIn, type Repository, type Site } from './site.js';
import type { Comment, Pull, Review } from './state.js';

/** `pull-request-simple` */
export function pullSummary(
  { site, repository, permission }: RepositoryContext,
  pull: Pull,
  testMerge: string | null = null,
): Document {
  const { number, id, head, base, by } = pull;
  const repo = repositoryDocument(site, repository, permission);
  const tip = ({ ref, sha }: BranchTip): Document => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: userDocument(site, repository.owner),
    repo,
  });
  return {
    ...pullLinks(site, repository, pull),
    id,
    node_id: nodeId('PullRequest', id),
    number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userDocument(site, by),
    body: pull.body,
    labels: [],
    milestone: null,
    active_lock_reason: null,
    ...pullDates(pull),
    merge_commit_sha: pull.merged?.commit ?? testMerge,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: tip(head),
    base: tip(base),
    author_association: associationOf(repository, by),
    auto_merge: null,
    draft: pull.draft,
  };
}

function pullDates({ createdAt, updatedAt, closedAt, merged }: Pull): Document {
  return {
    created_at: dated(createdAt),
    updated_at: dated(updatedAt),
    closed_at: closedAt === null ? null : dated(closedAt),
    merged_at: merged === undefined ? null : dated(merged.at),
  };
}

/** `pull-request` */
export async function pullDocument(context: RepositoryContext, pull: Pull): Promise<Document> {
  const { site, repository } = context;
  const facts: MergeabilityFacts = await site.mergeability.look(site, repository, pull);
  const { git, state } = repository;
  const range = `${pull.base.sha}...${pull.head.sha}`;
  const files = (await git.run('diff', '--numstat', range)).split('\n').filter((line) => line !== '');
  const total = (column: 0 | 1) =>
    files.reduce((sum, line) => sum + (Number(line.split('\t')[column]) || 0), 0);
  return {
    ...pullSummary(context, pull, facts.testMerge),
    merged: pull.merged !== undefined,
    mergeable: facts.mergeable,
    rebaseable: facts.mergeable,
    mergeable_state: facts.state,
    merged_by: pull.merged === undefined ? null : userDocument(site, pull.merged.by),
    comments: [...state.comments.values()].filter(({ issue }) => issue === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: (await git.commitsBetween(pull.base.sha, pull.head.sha)).length,
    additions: total(0),
    deletions: total(1),
    changed_files: files.length,
  };
}

function pullLinks(site: Site, repository: Repository, { number, head }: Pull): Document {
  const api = apiOf(site, repository);
  const url = `${api}/pulls/${number}`;
  const issue = `${api}/issues/${number}`;
  const page = `${pageOf(site, repository)}/pull/${number}`;
  const links = {
    self: url,
    html: page,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${head.sha}`,
  };
  const { self, ...others } = links;
  return {
    url: self,
    ...Object.fromEntries(Object.entries(others).map(([name, href]) => [`${name}_url`, href])),
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
  };
}

/** What somebody is to a repository. */
export function associationOf(repository: Repository, login: string): string {
  if (login === repository.owner) return 'OWNER';
  return allows(permissionIn(repository, login), 'write') ? 'COLLABORATOR' : 'NONE';
}

/** `pull-request-review` */
export function reviewDocument(
  { site, repository }: RepositoryContext,
  { number }: Pull,
  { id, by, body, state, commit, submittedAt }: Review,
): Document {
  const page = `${pageOf(site, repository)}/pull/${number}`;
  const html = `${page}#pullrequestreview-${id}`;
  const pull = `${apiOf(site, repository)}/pulls/${number}`;
  return {
    id,
    node_id: nodeId('PullRequestReview', id),
    user: userDocument(site, by),
    body,
    state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: dated(submittedAt),
    commit_id: commit,
    author_association: associationOf(repository, by),
  };
}

/** `issue-comment` */
export function commentDocument(
  { site, repository }: RepositoryContext,
  { id, issue, by, body, createdAt, updatedAt }: Comment,
): Document {
  const api = apiOf(site, repository);
  return {
    id,
    node_id: nodeId('IssueComment', id),
    url: `${api}/issues/comments/${id}`,
    html_url: `${pageOf(site, repository)}/${repository.state.issues.has(issue) ? 'issues' : 'pull'}/${issue}#issuecomment-${id}`,
    issue_url: `${api}/issues/${issue}`,
    body,
    user: userDocument(site, by),
    created_at: dated(createdAt),
    updated_at: dated(updatedAt),
    author_association: associationOf(repository, by),
    performed_via_github_app: null,
  };
}
