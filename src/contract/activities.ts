import type { Adoption } from './adopting.js';
import type {
  BranchHead,
  CoverageService,
  Digest,
  IndexAddress,
  LostFiles,
  Manifest,
  ReleaseRequest,
  Sha,
  Source,
  Terms,
} from './release.js';
import type { NoRevert, ReleaseOnBase, Revert, RevertOrder, RevertOutcome } from './reverting.js';
import type { TellingActivities } from './notifications.js';
import type { DirectYank } from './direct-yank.js';
import type { ProbeAnswer, ProbeRound } from './probes.js';
import type { PlannedShift } from './roster.js';
import type { LogAnswer, LogQuestion } from './log.js';
import type { Ledger } from './state.js';
import type { Arming, YankAttempt } from './yank-attempt.js';
import type { Evidence, Verdict } from './verdict.js';

/** Where an installed file comes from: an index, or the artifact store where it is on none. */
export type Origin = { readonly index: IndexAddress } | { readonly store: true };

/** What an installation is made of: the files, the sources that carry tests and configuration, and the indexes. */
export interface Installation {
  readonly manifest: Manifest;
  readonly source: Source;
  readonly origin: Origin;
  /** Dependencies come from here and from nowhere else. */
  readonly main: IndexAddress;
}

/** A pull request, and the merge that it would make. */
export interface PullRequest {
  readonly id: string;
  readonly url?: string;
  readonly head: Sha;
  /** Main's head that the merge is made on. */
  readonly previous: Sha;
  /** The commit that the merge makes or would make. */
  readonly merge: Sha;
  /** Who checks it: the forge's own checks, or the service's own run of the suites on `merge`. */
  readonly checks: 'forge' | 'own';
}

/** A version that is to be yanked on its index, or not to be any more: why, and by which drivers. */
export interface YankOrder {
  readonly index: IndexAddress;
  readonly subject: Subject;
  readonly reason: string;
  readonly drivers: Terms['yankDrivers'];
}

/** Somebody's standing review of one commit, as the forge tells it. */
export interface Review {
  readonly id: string;
  readonly by: string;
  readonly state: 'approved' | 'changes-requested';
  readonly at: string;
  /** What the reviewer wrote. */
  readonly reason?: string;
}

/** Something that was given to others to do: by what it is asked for, and where people can look at it. */
export interface Errand {
  readonly id: string;
  readonly url: string;
}

/** What the suites of a commit measured, and where it is kept for a coverage service. */
export interface MeasuredCoverage {
  /** Lines of all suites together. */
  readonly lines: number;
  readonly covered: number;
  /** Each suite's own measurement, as coverage.py's XML in the artifact store. */
  readonly reports: readonly { readonly suite: string; readonly digest: Digest }[];
}

/** A file as an index lists it. */
export interface IndexedFile {
  readonly filename: string;
  readonly sha256: Digest;
  /** False, true (no reason given) or the reason. */
  readonly yanked: boolean | string;
  /** Whether the index shows who published it (PEP 740); undefined where it knows no such thing. */
  readonly provenance?: boolean;
}

/** The version that a yank falls back to. */
export interface LastStable {
  readonly version: string;
  readonly tag: string;
  readonly commit: Sha;
}

/** The stable versions on main's own line around one that is taken back. */
export interface StableNeighbours {
  readonly lastStable?: LastStable;
  /** The tag next below on main's own line where there is no last stable version: the index offers none that is tagged there. */
  readonly onlyTagged?: string;
  readonly newer?: LastStable;
  /** Why nothing of this one is to be taken out of main, where that can be said before people are asked. */
  readonly noRevert?: NoRevert & { readonly evidence: readonly Evidence[] };
  /** Why tags alone were asked, if the index did not answer: nobody knows then whether these are yanked. */
  readonly unread?: string;
}

/** What stands behind the names: the package, its version, and where they live. */
export interface Subject {
  readonly package: string;
  readonly version: string;
}

/** Zone `build`: runs the package's own code in throwaway places and holds no token. */
export interface BuildActivities {
  /** The secrets and Pythons that the package needs and this zone does not have, one sentence with its remedy for each. */
  readMissing(input: { source: Source }): Promise<{ problems: string[] }>;
  /** Runs every suite under coverage in an editable install and judges suites, declared files and union. */
  checkSuites(input: {
    source: Source;
    main: IndexAddress;
  }): Promise<Verdict<{ coverage: MeasuredCoverage }>>;
  /**
   * Builds one sdist and one wheel from a clean checkout, or returns the ones kept for this commit and version; they may
   * differ from those that they have to be `like` only in version.
   */
  buildArtifacts(input: {
    source: Source;
    package: string;
    version: string;
    like?: Manifest;
    /** Builds them again where some are lost, which is right only while nobody was given any of them. */
    anew?: boolean;
  }): Promise<Verdict<{ manifest: Manifest }>>;
  /** Installs with pip into a new environment and proves by pip's report what was installed from where. */
  checkInstallation(input: Installation & { pinned: boolean }): Promise<Verdict>;
  /** Runs the copied tests against the installed wheel in one mode. */
  runMode(input: Installation & { mode: string }): Promise<Verdict>;
  /** Replaces the old version of the package in one application by this one and runs its tests. */
  runApplication(input: Installation & { application: string }): Promise<Verdict>;
  /**
   * Waits until an unpinned installation on each Python takes another version than the yanked one, or none; `versions` are
   * those that it takes. What is still wrong after half an hour is a finding.
   */
  awaitFallback(
    input: Omit<Installation, 'origin'> & { index: IndexAddress },
  ): Promise<Verdict<{ versions: readonly string[] }>>;
  /** Tries the published files out at a probe's interval, until there is something to say or its last time is over. */
  awaitTrialProbe(input: ProbeRound & { installation: Installation }): Promise<ProbeAnswer>;
}

/** The commit of a final version, with the merge that it is made on. */
export interface FinalCommit {
  readonly branch: string;
  readonly commit: Sha;
  readonly parent: Sha;
  readonly subject: Subject;
}

/** Files that an index serves. */
export interface Published {
  readonly evidence: readonly Evidence[];
  /** When it was seen that it served all of them, ISO 8601. */
  readonly visibleAt: string;
  /** Whether the final version's commit reached main; undefined where none was brought into git. */
  readonly onBase?: boolean;
}

/** Zone `publish`: git, forge and indexes; holds tokens and runs no project code. */
export interface PublishActivities {
  /** Judges a request against the service's settings and the world: its terms and its branch, or every problem at once. */
  readTerms(input: {
    request: ReleaseRequest;
  }): Promise<{ terms: Terms; head: BranchHead; adoption?: Adoption } | { problems: string[] }>;
  /** The branch's head with its configuration, or every problem with it. */
  readBranch(input: {
    repository: string;
    branch: string;
    package: string;
    version: string;
    previous?: Source;
    /** The branch that it is to be merged into: what was taken back there and would not come again is found. */
    base?: string;
  }): Promise<Verdict<{ head: BranchHead }>>;
  /** Writes the next devN that is free on both indexes and in git onto the branch, the same one for the same commit. */
  ensureDevVersion(input: {
    source: Source;
    branch: string;
    /** Counts the release's candidates from 1: each has an N of its own. */
    candidate: number;
    subject: Subject;
    /** None where people have waived it. */
    test?: IndexAddress;
    production: IndexAddress;
    /** The one that this commit has already. */
    version?: string;
  }): Promise<Verdict<{ version: string; commit: Sha }>>;
  /** Writes a version into the version files and pushes that one commit onto the branch by compare-and-swap. */
  ensureVersionCommit(input: {
    source: Source;
    version: string;
    /** A branch name, or undefined to keep the commit under the release's own ref only. */
    branch?: string;
    subject: Subject;
  }): Promise<Verdict<{ commit: Sha }>>;
  /** Brings what was measured to the coverage service and reads it back; a service that is down or too slow is a finding. */
  ensureCoverageReported(input: {
    service: CoverageService;
    commit: Sha;
    branch: string;
    coverage: MeasuredCoverage;
    /** What was sent before and is not processed counts as lost: people asked for another try. */
    anew: boolean;
  }): Promise<Verdict>;
  /**
   * Uploads every file that the index has not with our sha256 yet and waits until it serves them all, or says where the
   * upload goes on. With `final` it then brings that commit onto main, or leaves it on a branch where main has moved,
   * tags it, and tells the forge.
   */
  ensurePublished(input: {
    index: IndexAddress;
    manifest: Manifest;
    repository: string;
    base: string;
    tag: string;
    /** What changed, in Markdown, for a page of the release. */
    notes?: string;
    final?: FinalCommit;
  }): Promise<Published | { errand: Errand } | LostFiles>;
  /** Waits until an upload that goes on elsewhere has ended; that it failed is an operator failure. */
  awaitUploaded(input: { repository: string; errand: Errand }): Promise<{ evidence: Evidence }>;
  /** Judges badges and main, then opens or finds the pull request. */
  ensurePullRequest(input: {
    source: Source;
    base: string;
    branch: string;
    subject: Subject;
    title: string;
    body: string;
  }): Promise<Verdict<{ pullRequest: PullRequest }>>;
  /** Waits until no expected check of the forge is pending; one that failed or never appeared is a finding. */
  awaitChecks(input: { repository: string; pullRequest: PullRequest }): Promise<Verdict>;
  /** Waits for reviews of exactly this head that have not been heard yet. */
  awaitReviews(input: {
    repository: string;
    branch: string;
    head: Sha;
    heard: readonly string[];
  }): Promise<{ reviews: readonly Review[] }>;
  /** Waits until the forge's own rules allow the merge. */
  awaitMergeable(input: { repository: string; pullRequest: PullRequest }): Promise<void>;
  /** Merges exactly the validated head, or says what stands in the way. */
  ensureMerged(input: {
    repository: string;
    base: string;
    branch: string;
    pullRequest: PullRequest;
    /** The reviews that the approval rests on: all of them must stand still. */
    reviews: readonly string[];
    subject: Subject;
  }): Promise<Verdict<{ commit: Sha }>>;
  /** Takes the version's page off the forge and says there that it was taken back; nothing where there are no pages. */
  ensureWithdrawn(
    input: Pick<RevertOrder, 'repository' | 'branch' | 'tag' | 'subject' | 'reason'>,
  ): Promise<{ evidence: readonly Evidence[] }>;
  /** Makes the revert of merges and version commit that keeps other people's commits, and keeps it beside main; or says why main needs none. */
  ensureRevertMade(input: RevertOrder): Promise<Verdict<{ readonly revert: Revert } | NoRevert>>;
  /** Brings the revert onto exactly the main that it was made on, or proposes it where nobody may push there. */
  ensureReverted(input: RevertOrder & { readonly revert: Revert }): Promise<RevertOutcome>;
  /** Waits for checks and approvals of the revert's pull request and merges it, or until people have; `untested` is what main holds if that is not what was tested. */
  awaitReverted(
    input: RevertOrder & { readonly revert: Revert; readonly pull?: Pick<PullRequest, 'id' | 'url'> },
  ): Promise<Verdict<{ readonly commit: Sha; readonly untested?: Revert }>>;
  /** Looks at the published files on the index at a probe's interval, until there is something to say or its last time is over. */
  awaitIndexProbe(input: ProbeRound & { index: IndexAddress; manifest: Manifest }): Promise<ProbeAnswer>;
  /** Looks at a probe's interval for issues opened since a moment (ISO 8601) that name the version, each told once. */
  awaitIssuesProbe(
    input: ProbeRound & { repository: string; subject: Subject; since: string },
  ): Promise<ProbeAnswer>;
  /** Deletes the branch if it still stands where it was left; not if the index says that the release was yanked. */
  ensureBranchRetired(input: {
    repository: string;
    branch: string;
    expected: Sha;
    index: IndexAddress;
    manifest: Manifest;
    tag: string;
    subject: Subject;
    /** What changed, in Markdown. */
    notes?: string;
  }): Promise<{ yanked: string | true; direct?: DirectYank } | { evidence: readonly Evidence[] }>;
}

/** Zone `urgent`: short acts that must never wait behind a build or an upload. */
export interface UrgentActivities extends TellingActivities {
  /** Asks for the package's lease; a release holds it while it runs. */
  ensureLease(input: { package: string; holder: string; wait: boolean }): Promise<LeaseAnswer>;
  /** Gives the lease back. */
  ensureLeaseReleased(input: { package: string; holder: string }): Promise<void>;
  /** Whether a release's run is still open. */
  readRunIsOpen(input: { workflowId: string }): Promise<{ open: boolean }>;
  /** Has whatever could still upload a version end, and looks at what of it is on the index; waits for each so long at most. */
  ensureUploadStopped(input: {
    index: IndexAddress;
    subject: Subject;
    seconds: number;
  }): Promise<StoppedUpload>;
  /** Yanks by all drivers side by side until the index says so; otherwise says what a person has to do. */
  ensureYanked(order: YankOrder): Promise<YankAttempt>;
  /** Waits until the index says yanked for every file that it lists, or can be read again after it was down. */
  awaitYanked(input: {
    index: IndexAddress;
    subject: Subject;
  }): Promise<{ evidence: Evidence } | { back: true }>;
  /** Takes a yank back by the drivers in their order until the index says so; otherwise says what a person has to do. */
  ensureUnYanked(order: YankOrder): Promise<YankAttempt>;
  /** Waits until the index lists files of the version and says yanked for none of them. */
  awaitUnYanked(input: { index: IndexAddress; subject: Subject }): Promise<{ evidence: Evidence }>;
  /** Tries every driver dry, and says who can be asked in the next seconds and when the publish window opens, if it is closed. */
  ensureReady(input: {
    index: IndexAddress;
    subject: Subject;
    drivers: Terms['yankDrivers'];
    seconds: number;
  }): Promise<{ arming: Arming; plan: readonly PlannedShift[]; opensAt?: string }>;
  /** Keeps the armed drivers' sessions warm at an interval and ends as soon as none of them is armed. */
  awaitDisarmed(input: {
    index: IndexAddress;
    subject: Subject;
    drivers: Terms['yankDrivers'];
  }): Promise<Arming>;
  /** The nearest final, not yanked versions below and above this one whose tags main's own line contains; and whether main needs a revert. */
  readLastStable(
    input: Omit<ReleaseOnBase, 'lastStable'> & { index: IndexAddress; tag: string },
  ): Promise<StableNeighbours>;
  /** Keeps the release's record in the artifact store under its name, beside it what a yanked one can show, and gives its lease back. */
  ensureClosed(input: { ledger: Ledger }): Promise<{ digest: Digest; evidence?: Digest }>;
  /** The record kept of a release, if there is one. */
  readRecord(input: { subject: Subject }): Promise<{ ledger?: Ledger }>;
  /** Reads a piece of what tools have printed. */
  readLog(input: LogQuestion): Promise<LogAnswer>;
}

/** What is known of an upload that was to end before its time. */
export interface StoppedUpload {
  /** What the index lists of it; undefined where it cannot be read. */
  readonly files?: readonly IndexedFile[];
  /** Whether it is known that nothing uploads any more. */
  readonly over: boolean;
  readonly evidence: readonly Evidence[];
}

/** What the lease says to somebody who asks for it. */
export type LeaseAnswer =
  | { readonly state: 'granted' }
  | { readonly state: 'held'; readonly holder: string }
  | { readonly state: 'queued'; readonly holder: string; readonly ahead: number };
