import type { Account, Permission, RepositoryOptions, RepositorySettings } from './contract.js';
import type { BareRepository } from './git.js';
import type { AppTokens } from './app-tokens.js';
import type { Mergeability } from './mergeability.js';
import type { RepositoryState } from './state.js';
import type { Store } from './store.js';

/** What the routes of a running stand-in share. */
export interface Site {
  /** The root of pages and repositories, without a slash at its end; so are the others. */
  readonly url: string;
  readonly apiUrl: string;
  readonly uploadsUrl: string;
  readonly store: Store;
  readonly accounts: readonly KnownAccount[];
  readonly appTokens: AppTokens;
  /** By `owner/name` in lower case. */
  readonly repositories: ReadonlyMap<string, Repository>;
  readonly mergeability: Mergeability;
  /** In milliseconds. */
  readonly mergeabilityDelay: number;
}

/** An account and its number. */
export interface KnownAccount extends Account {
  readonly id: number;
}

/** A repository and what is held of it. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  /** `owner/name`. */
  readonly fullName: string;
  readonly defaultBranch: string;
  readonly git: BareRepository;
  readonly state: RepositoryState;
  readonly settings: RepositorySettings;
}

/** A repository whose settings are those that it was started with and all changes since. */
export function openRepository(
  options: RepositoryOptions,
  about: { readonly id: number; readonly git: BareRepository; readonly state: RepositoryState },
): Repository {
  const { owner, name, defaultBranch = 'main', ...given } = options;
  const first: RepositorySettings = {
    private: false,
    permissions: {},
    mergeMethods: ['merge', 'squash', 'rebase'],
    deleteBranchOnMerge: false,
    protection: {},
    ...given,
  };
  return {
    ...about,
    owner,
    name,
    fullName: `${owner}/${name}`,
    defaultBranch,
    get settings() {
      return about.state.settings.reduce<RepositorySettings>((all, some) => ({ ...all, ...some }), first);
    },
  };
}

/** What somebody, or nobody, may do in a repository. */
export function permissionIn({ owner, settings }: Repository, login: string | undefined): Permission {
  const given = login === undefined ? undefined : settings.permissions[login];
  if (given !== undefined) return given;
  if (login === owner) return 'admin';
  return settings.private ? 'none' : 'read';
}

/** Whether one permission includes another. */
export function allows(has: Permission, wanted: Permission): boolean {
  const ranks = ['none', 'read', 'write', 'admin'];
  return ranks.indexOf(has) >= ranks.indexOf(wanted);
}

/** An account by its login; what a repository's owner without an account is called is a name only. */
export function accountOf(site: Site, login: string): KnownAccount {
  return site.accounts.find((it) => it.login === login) ?? { login, id: 0 };
}
