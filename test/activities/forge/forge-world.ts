import type { PullRequest } from '../../../src/contract/activities.js';
import type { Forge } from '../../../src/activities/forge/forge.js';
import { branch, subject, type World } from '../git-world.js';

/** A repository with main and a release branch on some forge. */
export interface ForgeWorld {
  readonly world: World;
  readonly forge: Forge;
  /** Has the next merge carried out and its answer lost. */
  loseMerge(): Promise<void>;
}

/** What its base branch demands, how it merges, and which checks the settings want. */
export interface Demands {
  readonly approvals?: number;
  readonly checks?: readonly string[];
  readonly methods?: readonly ('merge' | 'squash' | 'rebase')[];
  readonly wanted?: readonly string[];
}

/** One where ada, who owns the repository, and grace and linus, who may write, are people, and the service is another. */
export interface ReviewingWorld extends ForgeWorld {
  review(
    by: string,
    of: Pick<PullRequest, 'id' | 'head'>,
    said: 'approve' | 'reject',
    reason?: string,
  ): Promise<void>;
  /** The owner takes somebody's review back. */
  dismiss(of: PullRequest, review: string): Promise<void>;
  /** CI reports the state of a check. */
  report(head: string, check: string, state: 'success' | 'failure' | 'pending'): Promise<void>;
  /** Somebody opens an issue, and its number is told. */
  openIssue(by: string, title: string, body: string): Promise<number>;
  comment(by: string, number: number, body: string): Promise<void>;
  /** A person merges a pull request on the forge's page. */
  mergeByHand(id: string, method: 'merge' | 'squash'): Promise<void>;
  /** Every pull request that there ever was, newest first. */
  listPulls(): Promise<readonly ShownPull[]>;
  listComments(id: string): Promise<readonly { readonly body: string }[]>;
  listPages(): Promise<readonly ShownPage[]>;
  /** Has the next call that creates something at such a path carried out and its answer lost. */
  loseAnswer(path: RegExp): void;
  /** Has the next merge move main and leave the pull request open, without an answer. */
  halveMerge(): Promise<void>;
}

/** A pull request as people see it. */
export interface ShownPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly head: { readonly sha: string };
}

/** A release page as people see it. */
export interface ShownPage {
  readonly tag_name: string;
  readonly draft: boolean;
  readonly assets: readonly { readonly name: string; readonly size: number }[];
}

/** Starts a world; it is gone when the test is over. */
export type MakeForge<T extends ForgeWorld> = (demands?: Demands) => Promise<T>;

/** One of two releases of the package, each with a branch of its own. */
export interface Release {
  readonly branch: string;
  readonly subject: { readonly package: string; readonly version: string };
}

const release: Release = { branch, subject };

/** Has a release branch proposed. */
export async function propose({ world }: ForgeWorld, of = release) {
  const source = await world.source(of.branch);
  const title = `Release demo-pkg ${of.subject.version}`;
  return world.activities.ensurePullRequest({ ...of, source, base: 'main', title, body: 'It ships.' });
}

/** Has the pull request of a release branch opened. */
export async function open(site: ForgeWorld, of = release): Promise<PullRequest> {
  const verdict = await propose(site, of);
  if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
  return verdict.pullRequest;
}

/** Has it merged. */
export function merge(
  { world }: ForgeWorld,
  pullRequest: PullRequest,
  { reviews = [], of = release }: { reviews?: readonly string[]; of?: Release } = {},
): ReturnType<World['activities']['ensureMerged']> {
  const { repository, activities } = world;
  return activities.ensureMerged({ ...of, repository, base: 'main', pullRequest, reviews });
}

/** Somebody commits a file on a branch, or on a new one from main, and pushes it. */
export async function commitOn(
  { world }: ForgeWorld,
  on: string,
  files: Readonly<Record<string, string>>,
  { isNew = false } = {},
): Promise<string> {
  await world.git('fetch', '--quiet', world.repository, isNew ? 'main' : on);
  await world.git('switch', '--quiet', '--detach', 'FETCH_HEAD');
  const commit = await world.commit(files);
  await world.push(on);
  return commit;
}
