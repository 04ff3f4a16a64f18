import type { MergeMethod, RepositorySettings } from './contract.js';

/** Everything that can change what the forge holds beside git's own objects; a commit is null where a ref is not there. */
export type Change =
  | { readonly type: 'settings-changed'; readonly settings: Partial<RepositorySettings> }
  | RefUpdated
  | PullChange
  | ReviewChange
  | { readonly type: 'status-created'; readonly status: StatusFields }
  | { readonly type: 'check-run-created' | 'check-run-updated'; readonly run: CheckRunFields }
  | {
      readonly type: 'workflow-run-created' | 'workflow-run-updated';
      readonly workflowRun: WorkflowRunFields;
    }
  | IssueOpened
  | CommentChange
  | ReleaseChange;

/** A ref moved, appeared or went. */
export interface RefUpdated {
  readonly type: 'ref-updated';
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly by: string;
  readonly how: 'push' | 'api' | 'merge' | 'branch-deletion';
}

/** What happens to a pull request. */
export type PullChange =
  | {
      readonly type: 'pull-opened';
      readonly number: number;
      readonly id: number;
      readonly title: string;
      readonly body: string | null;
      readonly draft: boolean;
      readonly head: BranchTip;
      readonly base: BranchTip;
      readonly by: string;
    }
  | {
      readonly type: 'pull-edited';
      readonly number: number;
      readonly title?: string | undefined;
      readonly body?: string | null | undefined;
      readonly base?: BranchTip | undefined;
      readonly by: string;
    }
  | { readonly type: 'pull-closed' | 'pull-reopened'; readonly number: number; readonly by: string }
  | {
      readonly type: 'pull-synchronized';
      readonly number: number;
      readonly head: string;
      readonly by: string;
    }
  | {
      readonly type: 'pull-merged';
      readonly number: number;
      readonly commit: string;
      /** The head that was merged. */
      readonly head: string;
      /** By a push of the base branch where no method is named. */
      readonly method: MergeMethod | null;
      readonly by: string;
    };

/** A branch, without `refs/heads/`, and where it was. */
export interface BranchTip {
  readonly ref: string;
  readonly sha: string;
}

/** The states of a review. */
export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

/** What happens to a review of a pull request. */
export type ReviewChange =
  | {
      readonly type: 'review-submitted';
      readonly number: number;
      readonly id: number;
      readonly state: ReviewState;
      readonly body: string;
      readonly commit: string;
      readonly by: string;
    }
  | {
      readonly type: 'review-dismissed';
      readonly number: number;
      readonly review: number;
      readonly message: string;
      /** Null for one that a push made stale. */
      readonly by: string | null;
    };

/** A commit status. */
export interface StatusFields {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly by: string;
}

/** A check run. */
export interface CheckRunFields {
  readonly id: number;
  readonly sha: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly conclusion: CheckConclusion | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly externalId: string;
  readonly detailsUrl: string | null;
  readonly output: {
    readonly title: string | null;
    readonly summary: string | null;
    readonly text: string | null;
  };
  readonly by: string;
}

/** How far a check run is. */
export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';

/** How a check run came out. */
export type CheckConclusion =
  'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required';

/** A run of a workflow that somebody started. */
export interface WorkflowRunFields {
  readonly id: number;
  /** The name of the workflow's file. */
  readonly file: string;
  readonly title: string;
  readonly branch: string;
  readonly sha: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly by: string;
  readonly status: CheckStatus;
  readonly conclusion: CheckConclusion | null;
  /** Those that have ended. */
  readonly jobs: readonly WorkflowJob[];
}

/** A job of a run that has ended, and what it printed. */
export interface WorkflowJob {
  readonly id: number;
  readonly name: string;
  readonly conclusion: 'success' | 'failure';
  readonly steps: readonly { readonly name: string; readonly conclusion: 'success' | 'failure' }[];
  readonly output: string;
}

/** Somebody opened an issue; nobody closes or changes one here. */
export interface IssueOpened {
  readonly type: 'issue-opened';
  readonly number: number;
  readonly id: number;
  readonly title: string;
  readonly body: string | null;
  readonly by: string;
}

/** What happens to a comment. */
export type CommentChange =
  | {
      readonly type: 'comment-created';
      readonly id: number;
      readonly issue: number;
      readonly body: string;
      readonly by: string;
    }
  | { readonly type: 'comment-updated'; readonly id: number; readonly body: string; readonly by: string }
  | { readonly type: 'comment-deleted'; readonly id: number; readonly by: string };

/** What somebody says of a release. */
export interface ReleaseFields {
  readonly tag: string;
  readonly target: string;
  readonly name: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
}

/** A file of a release; its bytes lie under their sha256. */
export interface AssetFields {
  readonly id: number;
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly by: string;
}

/** What happens to a release. */
export type ReleaseChange =
  | {
      readonly type: 'release-created';
      readonly id: number;
      readonly fields: ReleaseFields;
      readonly by: string;
    }
  | {
      readonly type: 'release-updated';
      readonly id: number;
      readonly fields: ReleaseFields;
      readonly by: string;
    }
  | { readonly type: 'release-deleted'; readonly id: number; readonly by: string }
  | { readonly type: 'asset-uploaded'; readonly release: number; readonly asset: AssetFields }
  | { readonly type: 'asset-deleted'; readonly release: number; readonly id: number; readonly by: string };
