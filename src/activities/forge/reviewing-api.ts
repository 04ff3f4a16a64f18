import type { PullRequest, Review } from '../../contract/activities.js';
import type { Sha } from '../../contract/release.js';
import type { Check, Issue, PageFile, ReleasePage, Workflows } from './forge.js';

/** A pull request as a forge shows it. */
export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  /** The branch that it goes into, the branch that it comes from, and the commit that this one stands at. */
  readonly base: string;
  readonly branch: string;
  readonly head: Sha;
  readonly author: string;
  readonly open: boolean;
  /** What the forge says; a merge whose answer was lost may have been made all the same. */
  readonly merged: boolean;
}

/** What a person said of a commit, and whether it was withdrawn. */
export interface Said extends Omit<Review, 'state'> {
  readonly state: Review['state'] | 'withdrawn';
  readonly commit: Sha;
}

/** A comment of a pull request. */
export interface Comment {
  readonly id: number;
  readonly body: string;
}

/** A release page as the forge shows it. */
export interface Page {
  readonly id: number;
  readonly draft: boolean;
  readonly url: string;
  /** Made before the forge heard of its tag: once it does, it publishes the page, and only then can it be a draft for good. */
  readonly isEarly?: boolean;
  /** Where its files are sent, if not to the API: an address with room for a name. */
  readonly uploads?: string;
}

/** What a pull request is opened with, or brought up to date. */
export interface Opening {
  readonly base: string;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
}

/**
 * What a forge where people review is asked, call by call. Every call is made once: whether it is made again is decided by
 * looking first. What people have to mend is thrown as an operator failure, anything else that went wrong as an error.
 */
export interface ReviewingApi {
  /** What people call it. */
  readonly name: string;
  /** The folders of a repository whose workflows it runs. */
  readonly workflowFolders: readonly string[];
  /** Undefined where a publisher cannot make use of them. */
  readonly workflows?: Workflows;

  /** Whether rules of its own guard a branch. */
  isProtected(branch: string): Promise<boolean>;
  /** Whether it deletes a branch by itself once that is merged. */
  deletesMerged(): Promise<boolean>;

  /** A pull request of a branch of the repository itself: the newest that fits. */
  findPull(branch: string, fits: (pull: Pull) => boolean): Promise<Pull | undefined>;
  readPull(number: number): Promise<Pull>;
  /** Opens a pull request, or says in the forge's words why there is none. */
  openPull(opening: Opening): Promise<string | undefined>;
  editPull(number: number, text: Pick<Opening, 'title' | 'body'>): Promise<void>;

  /** What was said and can stand for an approval or against it, in the order in which it was said. */
  listSaid(number: number): Promise<readonly Said[]>;
  /** The last word of every check of a commit. */
  listChecks(head: Sha): Promise<readonly Check[]>;
  /** Names of the checks that the forge demands for a branch, as far as the service may know. */
  listDemanded(base: string, found: readonly Check[]): Promise<readonly string[]>;
  /** Why it would not merge yet; undefined if it would. */
  readMergeBlock(pullRequest: PullRequest): Promise<string | undefined>;

  /** Merges a pull request at exactly its head, in the way that the repository allows, and says the commit. */
  merge(pull: Pull): Promise<Sha>;
  /** What has to be said of a merge that the forge did not make. */
  explainRefusal(pull: Pull, error: unknown): Promise<Error>;

  listComments(number: number): Promise<readonly Comment[]>;
  addComment(number: number, body: string): Promise<void>;
  editComment(id: number, body: string): Promise<void>;

  /** Issues that were opened since a moment, ISO 8601. */
  listIssues(since: string): Promise<readonly Issue[]>;

  findPage(tag: string): Promise<Page | undefined>;
  draftPage(page: ReleasePage): Promise<Page>;
  /** Publishes a draft, or makes a draft of it again. */
  markPage(id: number, mark: { draft: boolean }): Promise<Page>;
  deletePage(id: number): Promise<void>;
  listFiles(page: Page): Promise<readonly PageFile[]>;
  attachFile(page: Page, filename: string, bytes: Uint8Array): Promise<void>;
  detachFile(page: Page, file: number): Promise<void>;
}
