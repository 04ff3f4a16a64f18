import type { CommitFacts } from './git.js';
import { accountOf, type KnownAccount, type Repository, type Site } from './site.js';

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
  const { id, app } = accountOf(site, login);
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
    type: app === undefined ? 'User' : 'Bot',
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
  const { app } = accountOf(site, login);
  if (app === undefined) return null;
  const slug = login.replace(/\[bot\]$/, '');
  return {
    id: app.id,
    slug,
    node_id: nodeId('App', app.id),
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
export const epoch = '2011-01-26T19:01:12Z';

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
