import type { ChangelogEntry } from './changelog.js';
import type { Probe } from './probes.js';
import type { Signing } from './signing.js';

/** A sha256 in 64 lower-case hex digits. */
export type Digest = string;
/** A full git object name in 40 (or 64) lower-case hex digits. */
export type Sha = string;

/** What a person asks for when a release is started; frozen in the workflow's first event. */
export interface ReleaseRequest {
  /** The package's name, normalised after PEP 503. */
  readonly package: string;
  /** The final version, normalised after PEP 440. */
  readonly version: string;
  /** Who asks; a claim until a signature proves it. */
  readonly by: string;
  /** The release branch; by default what the service's settings say for the package. */
  readonly branch?: string;
  /** The watch window in seconds; by default, and at least, what the service's settings say. */
  readonly watchSeconds?: number;
  /** Wait behind another release of the package instead of being refused. */
  readonly wait: boolean;
  /** The person knows that project code runs beside the tokens with no more than a process between them. */
  readonly acceptUnisolated: boolean;
  /** Take over what an earlier run of the release, or people by hand, have done already. */
  readonly adopt?: true;
}

/** A secret by its name, with the end of its life in ISO 8601. */
export interface Expiry {
  readonly secret: string;
  readonly at: string;
}

/** A package index by its two addresses. */
export interface IndexAddress {
  /** How the settings call it. */
  readonly name: string;
  /** The legacy upload API. */
  readonly upload: string;
  /** The simple repository API, ending in a slash. */
  readonly simple: string;
  /** False where releases cannot be yanked: what is published there can only be removed. */
  readonly yanks?: false;
  /** For how many seconds after its first file a version takes further ones; undefined without end. */
  readonly takesFilesFor?: number;
}

/** Where a package's coverage is reported. */
export interface CoverageService {
  /** How people call it. */
  readonly name: string;
  /** The package's repository, as the service knows it. */
  readonly repository: string;
}

export const yankDrivers = ['web', 'api', 'command', 'person'] as const;
/** A way to yank; all of them are done only when the index says so. */
export type YankDriver = (typeof yankDrivers)[number];

export const finalVersionPlaces = ['after-merge', 'pull-request'] as const;
/** Where the final version is written: after the merge, or at the pull request's head, so that main never holds a devN. */
export type FinalVersionPlace = (typeof finalVersionPlaces)[number];

export const afterYankChoices = ['ask', 'put-back'] as const;
/** What becomes of main after a yank: people choose, or it is put back at once. */
export type AfterYank = (typeof afterYankChoices)[number];

/** How long people have to approve, in seconds, by gate. */
export interface ApproveWithin {
  readonly branch?: number;
  readonly merge?: number;
  readonly production?: number;
}

/** What the approval takes of whoever started a release: the version typed again, so long after the card was opened; or there is none. */
export type SelfApproval = false | { readonly delaySeconds: number };

/** The service's own settings for one release, frozen when it is admitted; a branch cannot change them. */
export interface Terms {
  readonly repository: string;
  /** The branch that the release is merged into. */
  readonly base: string;
  /** The release branch. */
  readonly branch: string;
  readonly approvers: readonly string[];
  /** How many distinct approvers a gate needs. */
  readonly quorum: number;
  /** Whether, and when, the person who started the release may approve it. */
  readonly selfApproval: SelfApproval;
  /** The people's keys; undefined where nothing can be signed. */
  readonly signatures?: Signing;
  /** After how many seconds a card of these gates expires; undefined where it never does. */
  readonly approveWithin?: ApproveWithin;
  /** The length of the watch in seconds. */
  readonly watchSeconds: number;
  /** What is looked at again and again in the watch. */
  readonly probes: readonly Probe[];
  /** After how many seconds without an answer the next person is asked, where no answer may take long. */
  readonly escalateSeconds: number;
  /** When secrets stop to be taken, as far as the settings say. */
  readonly expiries: readonly Expiry[];
  readonly test: IndexAddress;
  readonly production: IndexAddress;
  /** Where dependencies come from: the main index, or the mirror that plays it. */
  readonly main: IndexAddress;
  /** Undefined where none is configured. */
  readonly coverage?: CoverageService;
  readonly yankDrivers: readonly YankDriver[];
  /** How long the index is looked at for late files of an upload that was stopped, once nothing uploads any more. */
  readonly lateFilesSeconds: number;
  readonly afterYank: AfterYank;
  /** What cannot be done with these indexes, in sentences for who starts and who approves. */
  readonly limits?: readonly string[];
  /** Whether reviews on the forge answer the gates of the branch and of the merge, as messages do. */
  readonly reviews: boolean;
  readonly finalVersion: FinalVersionPlace;
  /** How often what failed of a candidate's tests in one step may be run again on the same files; never where it is missing. */
  readonly reruns?: number;
  /** Events of history after which the release continues as new between candidates. */
  readonly historyEvents: number;
  /** Whether there are channels by which people are told that they have to act; without, nobody is told anything. */
  readonly notifies?: true;
  /** Where the Temporal Web UI stands, if known. */
  readonly webUi?: string;
}

/** What of a package's configuration the procedure has to know; the activities read the rest at the commit. */
export interface ConfigSummary {
  readonly digest: Digest;
  readonly suites: readonly string[];
  readonly modes: readonly string[];
  readonly applications: readonly string[];
  /** The coverage demanded, in percent; 100 unless the package lowers it. */
  readonly minimumCoverage: number;
  /** The final version's tag. */
  readonly tag: string;
}

/** A branch's head as the procedure needs it. */
export interface BranchHead {
  readonly commit: Sha;
  readonly config: ConfigSummary;
  /** What changed in the configuration since the candidate before, one line each. */
  readonly configChanges: readonly string[];
  /** The commits since the candidate before, newest first, a line each. */
  readonly commits?: readonly string[];
  readonly changelog?: ChangelogEntry;
}

/** A commit of the package's repository with the configuration that it carries. */
export interface Source {
  readonly repository: string;
  readonly commit: Sha;
  /** The digest of the package's configuration at that commit. */
  readonly config: Digest;
  /** The version that is being released. */
  readonly version: string;
}

/** A file, named by its bytes. */
export interface Artifact {
  readonly filename: string;
  readonly sha256: Digest;
  /** In bytes. */
  readonly size: number;
  readonly kind: 'wheel' | 'sdist';
}

/** The files of one built version: one wheel and one sdist, wheels first. */
export interface Manifest {
  readonly package: string;
  readonly version: string;
  readonly commit: Sha;
  readonly files: readonly Artifact[];
  /** Fingerprint of the tools that built the files; the final build wants the same. */
  readonly toolchain: Digest;
}

/** Files of a version that the artifact store has lost before anything of the version was sent, by their names. */
export interface LostFiles {
  readonly lost: readonly string[];
}
