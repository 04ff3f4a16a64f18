import type { PullRequest, Subject } from '../../contract/activities.js';
import type { Sha } from '../../contract/release.js';
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
  /** A skipped one is no success. */
  readonly state: 'success' | 'failure' | 'pending' | 'skipped';
  readonly url?: string;
}

/** One person's standing review of a pull request's head. */
export interface Review {
  readonly by: string;
  readonly state: 'approved' | 'changes-requested';
  readonly commit: Sha;
}

/** What became of a merge, read back from the base branch. */
export type MergeOutcome =
  | { readonly state: 'merged'; readonly commit: Sha }
  /** The base is not where the pull request was judged against. */
  | { readonly state: 'moved'; readonly found: Sha | undefined };

/** Where pull requests live: what differs between plain git, GitHub and its kin. */
export interface Forge {
  /** Opens the pull request or finds the one that is open for this head. */
  ensurePullRequest(proposal: Proposal): Promise<PullRequest>;
  /** Reviews that stand on exactly this head; none where approvals are messages. */
  readReviews(pullRequest: PullRequest): Promise<readonly Review[]>;
  /** The expected checks of exactly this head; undefined where the forge runs none. */
  readChecks(pullRequest: PullRequest): Promise<readonly Check[] | undefined>;
  /** Merges exactly this head onto exactly the base that it was judged against; looks first whether it is done. */
  ensureMerged(pullRequest: PullRequest, base: string): Promise<MergeOutcome>;
  /** Leaves a commit on a branch of its own with a proposal to merge it, for people to take up. */
  ensureProposed(proposal: Omit<Proposal, 'previous' | 'merge'>): Promise<Evidence>;
  /** Deletes a branch that stands at this commit. */
  ensureBranchDeleted(branch: string, expected: Sha): Promise<BranchDeletion>;
}

/** What became of a branch that was to be deleted, read back. */
export type BranchDeletion =
  | { readonly state: 'done' }
  | { readonly state: 'moved'; readonly found: Sha | undefined }
  | { readonly state: 'refused'; readonly why: string };

/** Opens the forge of a repository. */
export type OpenForge = (repository: string) => Forge;
