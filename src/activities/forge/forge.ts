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

/** Where pull requests live: what differs between plain git, GitHub and its kin. */
export interface Forge {
  /** Whether people review here, so that a review can answer a gate. */
  readonly reviews: boolean;
  /** How long to wait between two looks at something that is not there yet, in seconds. */
  readonly pollSeconds: number;
  /** What in the repository at this commit would get in a release's way; one line each. */
  readTraps(commit: Sha): Promise<readonly string[]>;
  /** What people have to know of how the forge is set up, and can live with; one line each. */
  readLimits(): Promise<readonly string[]>;
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
  /** Merges exactly this head onto exactly the base that it was judged against; looks first whether it is done. */
  ensureMerged(pullRequest: PullRequest, base: string): Promise<MergeOutcome>;
  /** Leaves a commit on a branch of its own with a proposal to merge it, for people to take up. */
  ensureProposed(proposal: Omit<Proposal, 'previous' | 'merge'>): Promise<Evidence>;
  /** Deletes a branch that stands at this commit. */
  ensureBranchDeleted(branch: string, expected: Sha): Promise<BranchDeletion>;
  /** Keeps the release's progress in the one comment of its pull request; does nothing where there are no comments. */
  ensureTold(branch: string, subject: Subject, lines: readonly string[]): Promise<void>;
  /** Drafts the version's page with its files, publishes it, or takes it away; nothing where there are no such pages. */
  ensureReleasePage(page: ReleasePage, state: 'draft' | 'published' | 'gone'): Promise<Evidence | undefined>;
}

/** What became of a branch that was to be deleted, read back. */
export type BranchDeletion =
  | { readonly state: 'done' }
  | { readonly state: 'moved'; readonly found: Sha | undefined }
  | { readonly state: 'refused'; readonly why: string };

/** Opens the forge of a repository. */
export type OpenForge = (repository: string) => Forge;
