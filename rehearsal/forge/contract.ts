import type { WorkflowRunFields } from './changes.js';
import type { Rule } from './faults.js';
import type { ForgeEntry } from './journal.js';

/** What somebody may do in a repository. */
export type Permission = 'none' | 'read' | 'write' | 'admin';

/** How a pull request may be merged. */
export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** Somebody with a token; an app is a bot, which alone may create check runs. */
export interface Account {
  readonly login: string;
  /** One that never ends; apps may do without. */
  readonly token?: string;
  readonly app?: AppKey;
}

/** What an app proves itself with, to get tokens for an hour. */
export interface AppKey {
  readonly id: number;
  readonly installation: number;
  /** RSA, in PEM. */
  readonly publicKey: string;
}

/** What a branch demands. */
export interface Protection {
  /** How it was set up, which decides where it can be read and how refusals are worded; default: as a protection. */
  readonly as?: 'protection' | 'ruleset';
  /** Contexts of statuses or names of check runs. */
  readonly requiredChecks?: readonly string[];
  /** The head must contain the base. */
  readonly strict?: boolean;
  /** Changes come through pull requests with that many approvals; undefined: they may be pushed. */
  readonly requiredApprovals?: number;
  readonly dismissStaleReviews?: boolean;
  /** Binds administrators too; default: it does not. */
  readonly enforceAdmins?: boolean;
  readonly allowForcePushes?: boolean;
  readonly allowDeletions?: boolean;
}

/** What can be set for a repository, also while the forge runs. */
export interface RepositorySettings {
  readonly private: boolean;
  /** By login; who is not named reads a public repository and does not see a private one. */
  readonly permissions: Readonly<Record<string, Permission>>;
  readonly mergeMethods: readonly MergeMethod[];
  readonly deleteBranchOnMerge: boolean;
  /** By name of the branch. */
  readonly protection: Readonly<Record<string, Protection>>;
}

/** A repository that the forge is started with; what is not set is as in a new public repository of GitHub's. */
export interface RepositoryOptions extends Partial<RepositorySettings> {
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch?: string;
}

/** What a stand-in of a forge is started with. */
export interface ForgeOptions {
  /** Where repositories, assets and the journal are kept; it survives a restart and belongs to one process at a time. */
  readonly folder: string;
  readonly accounts: readonly Account[];
  readonly repositories: readonly RepositoryOptions[];
  /** Where the API's paths begin; default: `/api/v3`, as on an Enterprise server. */
  readonly apiPath?: string;
  /** How long a pull request's mergeability stays unknown after a push, in milliseconds; default: 300. */
  readonly mergeabilityDelay?: number;
  /** Requests an account may make in an hour; default: 5000. */
  readonly rateLimit?: number;
  /** Default: any free port. */
  readonly port?: number;
  /** Default: the machine's clock. */
  readonly now?: () => Date;
}

/** A running stand-in of GitHub, on loopback. */
export interface ForgeStandIn {
  /** The root of pages and repositories, without a slash at its end. */
  readonly url: string;
  /** The root of the API, without a slash at its end. */
  readonly apiUrl: string;
  /** Where release assets are uploaded, without a slash at its end. */
  readonly uploadsUrl: string;
  /** The address to clone a repository from and push it to, as somebody or as nobody. */
  cloneUrl(repository: string, login?: string): string;
  /** The folder of the bare repository; whatever changes it there is not seen by the forge. */
  gitFolder(repository: string): string;
  /** Changes settings of a repository, named `owner/name`. */
  configure(repository: string, settings: Partial<RepositorySettings>): void;
  /** Adds one scripted fault; of several that fit a request, the one added first is applied. */
  misbehave(rule: Rule): void;
  /** Forgets every scripted fault. */
  behave(): void;
  /** Every request and every change of state so far, those before a restart too, in their order. */
  journal(): readonly ForgeEntry[];
  /** Hears every change after it is on the disk, until the returned function is called. */
  onEntry(listener: (entry: ForgeEntry) => void): () => void;
  /** Says how far a run of a workflow is, as GitHub's own runners do, for whom there is no API. */
  reportRun(repository: string, run: WorkflowRunFields): void;
  /** Ends all connections and waits until nothing of the stand-in runs. */
  close(): Promise<void>;
}
