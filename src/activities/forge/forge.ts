import type { PullRequest, Review, Subject } from '../../contract/activities.js';
import type { Digest, Sha } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';

/** What a pull request is opened with. */
export interface Proposal {
  readonly subject: Subject;
  readonly base: string;
  readonly branch: string;
  readonly head: Sha;
  /** Main's head, which the head contains. */
  readonly previous: Sha;
  /** The merge that would be made, kept under the release's own refs. */
  readonly merge: Sha;
  readonly title: string;
  readonly body: string;
}

/** A commit that was left for people to take up, with its pull request where there are such. */
export interface Proposed {
  readonly evidence: Evidence;
  readonly pull?: Pick<PullRequest, 'id' | 'url'>;
}

/** One check of a pull request's head: a check run or a commit status. */
export interface Check {
  readonly name: string;
  /** A skipped one is no success; a missing one is expected and has not appeared. */
  readonly state: 'success' | 'failure' | 'pending' | 'skipped' | 'missing';
  readonly url?: string;
}

/** What became of a merge, read back from the base branch. */
export type MergeOutcome =
  | { readonly state: 'merged'; readonly commit: Sha }
  /** The base is not where the pull request was judged against, or the head is another one. */
  | {
      readonly state: 'moved';
      /** The branch that is not where it was. */
      readonly ref: string;
      readonly expected: Sha;
      readonly found: Sha | undefined;
    };

/** A page of the forge about one released version. */
export interface ReleasePage {
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  readonly files: readonly { readonly filename: string; readonly sha256: Digest }[];
}

/** A file of a release page, as the forge keeps it. */
export interface PageFile {
  readonly id: number;
  readonly name: string;
  /** One that did not arrive whole is put there again. */
  readonly whole: boolean;
  /** Where the forge tells it. */
  readonly sha256?: Digest | undefined;
}

/** A run of one of the repository's workflows. */
export interface WorkflowRun {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly state: 'open' | 'succeeded' | 'failed';
  /** The state in the forge's own words. */
  readonly said: string;
}

/** Where a run failed: its first job and step that did. */
export interface RunFailure {
  readonly step?: string;
  /** All of it, in a sentence. */
  readonly said: string;
}

/** The repository's workflows that somebody starts; a file names one. */
export interface Workflows {
  /** The latest runs of those that were started so, newest first. */
  listRuns(file: string): Promise<readonly WorkflowRun[]>;
  readRun(id: number): Promise<WorkflowRun>;
  readFailure(id: number): Promise<RunFailure>;
  /** Starts a workflow as it stands on a branch; made once, and nobody says which run it is. */
  start(file: string, branch: string, inputs: Readonly<Record<string, string>>): Promise<void>;
  /** Asks for the end of a run; one that has ended is left alone. */
  stop(id: number): Promise<void>;
}

/** Something that somebody has written to the maintainers. */
export interface Issue {
  readonly url: string;
  readonly by: string;
  readonly title: string;
  readonly body: string;
}

/** Where pull requests live: what differs between plain git, GitHub and its kin. */
export interface Forge {
  /** Whether people review here, so that a review can answer a gate. */
  readonly reviews: boolean;
  /** How long to wait between two looks at something that is not there yet, in seconds. */
  readonly pollSeconds: number;
  /** Undefined where a publisher cannot make use of them. */
  readonly workflows?: Workflows | undefined;
  /** Issues that were opened since a moment, ISO 8601; undefined where nobody can open one. */
  listIssues?(since: string): Promise<readonly Issue[]>;
  /** What in the repository at this commit would get in a release's way; one line each. */
  readTraps(commit: Sha): Promise<readonly string[]>;
  /** What people have to know of how the forge is set up, and can live with; one line each. */
  readLimits(): Promise<readonly string[]>;
  /** Whether the forge guards a branch by rules of its own; undefined where it cannot say. */
  readProtection(branch: string): Promise<boolean | undefined>;
  /** The merge of exactly this head that the base holds already, and the base before it. */
  readMerged(
    branch: string,
    base: string,
    head: Sha,
  ): Promise<{ readonly merge: Sha; readonly previous: Sha } | undefined>;
  /** Opens the pull request, or brings the one that is open up to date. */
  ensurePullRequest(proposal: Proposal): Promise<PullRequest>;
  /** Reviews that stand on exactly this head of a branch: not dismissed, not by its author, one for each person. */
  readReviews(branch: string, head: Sha): Promise<readonly Review[]>;
  /** The expected checks of exactly this head, a missing one among them; undefined where the forge runs none. */
  readChecks(pullRequest: PullRequest): Promise<readonly Check[] | undefined>;
  /** Why the forge's own rules do not allow the merge yet; undefined if they do. */
  readMergeBlock(pullRequest: PullRequest): Promise<string | undefined>;
  /**
   * Merges exactly this head, where the branch still stands at it, onto exactly the base that it was judged against; looks
   * first whether it is done.
   */
  ensureMerged(pullRequest: PullRequest, base: string, branch: string): Promise<MergeOutcome>;
  /** Leaves a commit on a branch of its own with a proposal to merge it, for people to take up. */
  ensureProposed(proposal: Omit<Proposal, 'previous' | 'merge'>): Promise<Proposed>;
  /** Deletes a branch that stands at this commit. */
  ensureBranchDeleted(branch: string, expected: Sha): Promise<BranchDeletion>;
  /** Keeps the release's progress in the one comment of its pull request; does nothing where there are no comments. */
  ensureTold(branch: string, subject: Subject, lines: readonly string[]): Promise<void>;
  /** Drafts the version's page with its files, publishes it, or takes it away; nothing where there are no such pages. */
  ensureReleasePage(page: ReleasePage, state: 'draft' | 'published' | 'gone'): Promise<Evidence | undefined>;
  /** The files of a version's page; none where there is no page. */
  readPageFiles(tag: string): Promise<readonly PageFile[]>;
}

/** What became of a branch that was to be deleted, read back. */
export type BranchDeletion =
  | { readonly state: 'done' }
  | { readonly state: 'moved'; readonly found: Sha | undefined }
  | { readonly state: 'refused'; readonly why: string };

/** Opens the forge of a repository. */
export type OpenForge = (repository: string) => Forge;
