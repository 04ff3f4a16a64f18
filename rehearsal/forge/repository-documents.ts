import type { Permission } from './contract.js';
import { apiOf, epoch, nodeId, pageOf, userDocument, type Document } from './documents.js';
import { allows, type Repository, type Site } from './site.js';

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
    ...{ open_issues_count: open, open_issues: open },
    ...{ created_at: epoch, updated_at: epoch, pushed_at: epoch },
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

/** What below a repository's own address is named by a template. */
const templates = {
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

/** What below a repository's own address is named as it is. */
const plain = [
  'contributors',
  'deployments',
  'downloads',
  'events',
  'forks',
  'hooks',
  'languages',
  'merges',
  'stargazers',
  'subscribers',
  'subscription',
  'tags',
  'teams',
];

function repositoryLinks(api: string): Document {
  return {
    url: api,
    ...Object.fromEntries(Object.entries(templates).map(([name, path]) => [`${name}_url`, `${api}/${path}`])),
    ...Object.fromEntries(plain.map((name) => [`${name}_url`, `${api}/${name}`])),
  };
}
