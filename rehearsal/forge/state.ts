import type { RepositorySettings } from './contract.js';
import type {
  AssetFields,
  BranchTip,
  Change,
  CheckRunFields,
  CommentChange,
  IssueOpened,
  PullChange,
  ReleaseChange,
  ReleaseFields,
  ReviewChange,
  ReviewState,
  StatusFields,
  WorkflowRunFields,
} from './changes.js';

/** Times are ISO 8601 in UTC. */
export interface Dated {
  readonly createdAt: string;
  updatedAt: string;
}

/** A review of a pull request. */
export interface Review {
  readonly id: number;
  readonly by: string;
  state: ReviewState;
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: string;
}

/** A pull request. */
export interface Pull extends Dated {
  readonly number: number;
  readonly id: number;
  readonly by: string;
  readonly draft: boolean;
  title: string;
  body: string | null;
  head: BranchTip;
  base: BranchTip;
  state: 'open' | 'closed';
  closedAt: string | null;
  merged: { readonly at: string; readonly by: string; readonly commit: string } | undefined;
  readonly reviews: Review[];
}

/** An issue; pull requests are numbered with them. */
export interface Issue extends Dated {
  readonly number: number;
  readonly id: number;
  readonly by: string;
  readonly title: string;
  readonly body: string | null;
}

/** A comment on a pull request. */
export interface Comment extends Dated {
  readonly id: number;
  readonly issue: number;
  readonly by: string;
  body: string;
}

/** A release and its files. */
export interface Release extends ReleaseFields, Dated {
  readonly id: number;
  readonly by: string;
  readonly publishedAt: string | null;
  readonly assets: (AssetFields & { readonly createdAt: string })[];
}

/** What the forge holds of one repository beside its git objects. */
export class RepositoryState {
  readonly settings: Partial<RepositorySettings>[] = [];
  readonly pulls = new Map<number, Pull>();
  readonly issues = new Map<number, Issue>();
  readonly comments = new Map<number, Comment>();
  readonly statuses: (StatusFields & { readonly createdAt: string })[] = [];
  readonly checkRuns = new Map<number, CheckRunFields>();
  readonly releases = new Map<number, Release>();
  readonly workflowRuns = new Map<number, WorkflowRunFields & Dated>();

  /** Makes one change, which must fit this state. */
  apply(change: Change, at: string): void {
    if ('run' in change) this.checkRuns.set(change.run.id, change.run);
    else if ('workflowRun' in change) this.#keepRun(change.workflowRun, at);
    else if (change.type === 'settings-changed') this.settings.push(change.settings);
    else if (change.type === 'status-created') this.statuses.push({ ...change.status, createdAt: at });
    else if (change.type === 'issue-opened') this.#openIssue(change, at);
    else if (isPullChange(change)) this.#applyToPull(change, at);
    else if (isCommentChange(change)) this.#applyToComment(change, at);
    else if (isReleaseChange(change)) this.#applyToRelease(change, at);
  }

  /** The number of the next pull request or issue. */
  get nextNumber(): number {
    return this.pulls.size + this.issues.size + 1;
  }

  #openIssue({ type: _type, ...fields }: IssueOpened, at: string): void {
    this.issues.set(fields.number, { ...fields, createdAt: at, updatedAt: at });
  }

  #keepRun(run: WorkflowRunFields, at: string): void {
    const { createdAt = at } = this.workflowRuns.get(run.id) ?? {};
    this.workflowRuns.set(run.id, { ...run, createdAt, updatedAt: at });
  }

  #applyToPull(change: PullChange | ReviewChange, at: string): void {
    if (change.type === 'pull-opened') {
      const { type: _type, ...fields } = change;
      const opened = { state: 'open' as const, closedAt: null, merged: undefined, reviews: [] };
      this.pulls.set(change.number, { ...fields, ...opened, createdAt: at, updatedAt: at });
      return;
    }
    const pull = this.pulls.get(change.number);
    if (pull === undefined) return;
    pull.updatedAt = at;
    if (isReviewChange(change)) changeReviews(pull, change, at);
    else changePull(pull, change, at);
  }

  #applyToComment(change: CommentChange, at: string): void {
    if (change.type === 'comment-created') {
      const { type: _type, ...fields } = change;
      this.comments.set(change.id, { ...fields, createdAt: at, updatedAt: at });
      const issue = this.issues.get(change.issue) ?? this.pulls.get(change.issue);
      if (issue !== undefined) issue.updatedAt = at;
    } else if (change.type === 'comment-deleted') this.comments.delete(change.id);
    else {
      const comment = this.comments.get(change.id);
      if (comment !== undefined) Object.assign(comment, { body: change.body, updatedAt: at });
    }
  }

  #applyToRelease(change: ReleaseChange, at: string): void {
    switch (change.type) {
      case 'release-created':
      case 'release-updated':
        return this.#keepRelease(change, at);
      case 'release-deleted':
        return void this.releases.delete(change.id);
      case 'asset-uploaded':
        return void this.releases.get(change.release)?.assets.push({ ...change.asset, createdAt: at });
      case 'asset-deleted': {
        const assets = this.releases.get(change.release)?.assets ?? [];
        const index = assets.findIndex(({ id }) => id === change.id);
        if (index >= 0) assets.splice(index, 1);
      }
    }
  }

  #keepRelease({ id, fields, by }: Extract<ReleaseChange, { fields: ReleaseFields }>, at: string): void {
    const before = this.releases.get(id) ?? { id, by, assets: [], createdAt: at, publishedAt: null };
    const publishedAt = before.publishedAt ?? (fields.draft ? null : at);
    this.releases.set(id, { ...before, ...fields, updatedAt: at, publishedAt });
  }
}

function changePull(pull: Pull, change: Exclude<PullChange, { type: 'pull-opened' }>, at: string): void {
  switch (change.type) {
    case 'pull-edited': {
      const { title = pull.title, body = pull.body, base = pull.base } = change;
      return void Object.assign(pull, { title, body, base });
    }
    case 'pull-closed':
      return void Object.assign(pull, { state: 'closed', closedAt: at });
    case 'pull-reopened':
      return void Object.assign(pull, { state: 'open', closedAt: null });
    case 'pull-synchronized':
      pull.head = { ...pull.head, sha: change.head };
      return;
    case 'pull-merged': {
      const merged = { at, by: change.by, commit: change.commit };
      Object.assign(pull, { merged, state: 'closed', closedAt: at });
    }
  }
}

function changeReviews({ reviews }: Pull, change: ReviewChange, at: string): void {
  if (change.type === 'review-submitted') {
    const { id, state, body, commit, by } = change;
    reviews.push({ id, state, body, commit, by, submittedAt: at });
    return;
  }
  const review = reviews.find(({ id }) => id === change.review);
  if (review !== undefined) review.state = 'DISMISSED';
}

function isPullChange(change: Change): change is PullChange | ReviewChange {
  return change.type.startsWith('pull-') || isReviewChange(change);
}

function isReviewChange(change: Change): change is ReviewChange {
  return change.type.startsWith('review-');
}

function isCommentChange(change: Change): change is CommentChange {
  return change.type.startsWith('comment-');
}

function isReleaseChange(change: Change): change is ReleaseChange {
  return change.type.startsWith('release-') || change.type.startsWith('asset-');
}
