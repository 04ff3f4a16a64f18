import type { Permission } from './contract.js';
import type { CommitFacts } from './git.js';
import { accountOf, allows, type KnownAccount, type Repository, type Site } from './site.js';

/** A document of the API; test/github-api holds its shape to GitHub's description. */
export type Document = Readonly<Record<string, unknown>>;

/** An opaque name, as GraphQL has them. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url');
}

/** The API's address of a repository. */
export function apiOf(site: Site, { fullName }: Repository): string {
  return `${site.apiUrl}/repos/${fullName}`;
}

/** The address of a repository's page. */
export function pageOf(site: Site, { fullName }: Repository): string {
  return `${site.url}/${fullName}`;
}

/** A date as GitHub writes it: whole seconds. */
export function dated(at: string): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `simple-user` */
export function userDocument(site: Site, login: string): Document {
  const { id, kind } = accountOf(site, login);
  const url = `${site.apiUrl}/users/${encodeURIComponent(login)}`;
  const below = {
    followers_url: 'followers',
    following_url: 'following{/other_user}',
    gists_url: 'gists{/gist_id}',
    starred_url: 'starred{/owner}{/repo}',
    subscriptions_url: 'subscriptions',
    organizations_url: 'orgs',
    repos_url: 'repos',
    events_url: 'events{/privacy}',
    received_events_url: 'received_events',
  };
  return {
    login,
    id,
    node_id: nodeId('User', id),
    avatar_url: `${site.url}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${site.url}/${encodeURIComponent(login)}`,
    ...Object.fromEntries(Object.entries(below).map(([name, path]) => [name, `${url}/${path}`])),
    type: kind === 'app' ? 'Bot' : 'User',
    user_view_type: 'public',
    site_admin: false,
  };
}

/** `public-user` */
export function ownDocument(site: Site, { login }: KnownAccount): Document {
  const texts = ['name', 'company', 'blog', 'location', 'email', 'hireable', 'bio'];
  return {
    ...userDocument(site, login),
    ...Object.fromEntries(texts.map((name) => [name, null])),
    blog: '',
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: epoch,
    updated_at: epoch,
  };
}

/** `nullable-integration`: the app that an account is, or null. */
export function appDocument(site: Site, login: string): Document | null {
  const { id, kind } = accountOf(site, login);
  if (kind !== 'app') return null;
  const slug = login.replace(/\[bot\]$/, '');
  return {
    id,
    slug,
    node_id: nodeId('App', id),
    owner: userDocument(site, login),
    name: slug,
    description: null,
    external_url: site.url,
    html_url: `${site.url}/apps/${slug}`,
    created_at: epoch,
    updated_at: epoch,
    permissions: { checks: 'write', contents: 'write', issues: 'write', metadata: 'read' },
    events: [],
  };
}

/** Accounts and repositories were there before everything that happens. */
const epoch = '2011-01-26T19:01:12Z';

/** `full-repository`, which is a `repository` too. */
export function repositoryDocument(site: Site, repository: Repository, permission: Permission): Document {
  const { id, owner, name, fullName, defaultBranch, settings, state } = repository;
  const page = pageOf(site, repository);
  const open = [...state.pulls.values()].filter((pull) => pull.state === 'open').length;
  const counts = ['forks', 'stargazers', 'watchers', 'subscribers', 'network'];
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name: fullName,
    owner: userDocument(site, owner),
    private: settings.private,
    visibility: settings.private ? 'private' : 'public',
    html_url: page,
    clone_url: `${page}.git`,
    svn_url: page,
    git_url: `git${page.slice(page.indexOf(':'))}.git`,
    ssh_url: `git@${new URL(site.url).hostname}:${fullName}.git`,
    ...repositoryLinks(apiOf(site, repository)),
    ...Object.fromEntries(
      ['description', 'homepage', 'language', 'license', 'mirror_url'].map((it) => [it, null]),
    ),
    ...Object.fromEntries(counts.map((it) => [`${it}_count`, 0])),
    ...{
      fork: false,
      archived: false,
      disabled: false,
      is_template: false,
      web_commit_signoff_required: false,
    },
    ...{ has_issues: true, has_projects: false, has_wiki: false, has_pages: false, has_discussions: false },
    ...{ has_downloads: true, allow_forking: true, topics: [], size: 0, forks: 0, watchers: 0 },
    default_branch: defaultBranch,
    open_issues_count: open,
    open_issues: open,
    created_at: epoch,
    updated_at: epoch,
    pushed_at: epoch,
    permissions: permissionFlags(permission),
    ...mergeSettings(repository),
  };
}

function mergeSettings({ settings }: Repository): Document {
  return {
    allow_merge_commit: settings.mergeMethods.includes('merge'),
    allow_squash_merge: settings.mergeMethods.includes('squash'),
    allow_rebase_merge: settings.mergeMethods.includes('rebase'),
    allow_auto_merge: false,
    allow_update_branch: false,
    delete_branch_on_merge: settings.deleteBranchOnMerge,
    use_squash_pr_title_as_default: false,
    merge_commit_title: 'MERGE_MESSAGE',
    merge_commit_message: 'PR_TITLE',
    squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
    squash_merge_commit_message: 'COMMIT_MESSAGES',
  };
}

function permissionFlags(permission: Permission): Document {
  return {
    admin: permission === 'admin',
    maintain: permission === 'admin',
    push: allows(permission, 'write'),
    triage: allows(permission, 'write'),
    pull: allows(permission, 'read'),
  };
}

function repositoryLinks(api: string): Document {
  const below = {
    archive: '{archive_format}{/ref}',
    assignees: 'assignees{/user}',
    blobs: 'git/blobs{/sha}',
    branches: 'branches{/branch}',
    collaborators: 'collaborators{/collaborator}',
    comments: 'comments{/number}',
    commits: 'commits{/sha}',
    compare: 'compare/{base}...{head}',
    contents: 'contents/{+path}',
    git_commits: 'git/commits{/sha}',
    git_refs: 'git/refs{/sha}',
    git_tags: 'git/tags{/sha}',
    issue_comment: 'issues/comments{/number}',
    issue_events: 'issues/events{/number}',
    issues: 'issues{/number}',
    keys: 'keys{/key_id}',
    labels: 'labels{/name}',
    milestones: 'milestones{/number}',
    notifications: 'notifications{?since,all,participating}',
    pulls: 'pulls{/number}',
    releases: 'releases{/id}',
    statuses: 'statuses/{sha}',
    trees: 'git/trees{/sha}',
  };
  const plain = [
    'contributors',
    'deployments',
    'downloads',
    'events',
    'forks',
    'hooks',
    'languages',
    'merges',
  ];
  const others = ['stargazers', 'subscribers', 'subscription', 'tags', 'teams'];
  return {
    url: api,
    ...Object.fromEntries(Object.entries(below).map(([name, path]) => [`${name}_url`, `${api}/${path}`])),
    ...Object.fromEntries([...plain, ...others].map((name) => [`${name}_url`, `${api}/${name}`])),
  };
}

/** `commit`, without its files. */
export function commitDocument(site: Site, repository: Repository, facts: CommitFacts): Document {
  const { sha, tree, parents, author, committer, message } = facts;
  const api = apiOf(site, repository);
  const page = pageOf(site, repository);
  return {
    url: `${api}/commits/${sha}`,
    sha,
    node_id: nodeId('Commit', sha),
    html_url: `${page}/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      url: `${api}/git/commits/${sha}`,
      author: { ...author, date: dated(author.date) },
      committer: { ...committer, date: dated(committer.date) },
      message,
      comment_count: 0,
      tree: { sha: tree, url: `${api}/git/trees/${tree}` },
      verification: {
        verified: false,
        reason: 'unsigned',
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: null,
    committer: null,
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${api}/commits/${parent}`,
      html_url: `${page}/commit/${parent}`,
    })),
  };
}
