import type { Deadline } from './deadlines.js';
import type { ChangelogEntry } from './changelog.js';
import type { Gate } from './gates.js';
import type { MessageRecord } from './messages.js';
import type { ProbeRecord } from './probes.js';
import type { Untold } from './notifications.js';
import type { BranchHead, ConfigSummary, Digest, Manifest, ReleaseRequest, Sha, Terms } from './release.js';
import type { TestPart } from './reruns.js';
import type { Call, PlannedShift, Shift } from './roster.js';
import { steps, type StepId } from './steps.js';
import type { Trouble } from './trouble.js';
import type { Evidence, Finding } from './verdict.js';

export const stepStates = ['waiting', 'running', 'passed', 'failed', 'skipped'] as const;
export type StepState = (typeof stepStates)[number];

/** What the ledger keeps of a step; a step that runs again starts afresh, its earlier findings stay with the candidate. */
export interface StepRecord {
  readonly id: StepId;
  state: StepState;
  startedAt?: string;
  endedAt?: string;
  evidence: readonly Evidence[];
  findings: readonly Finding[];
}

/** One attempt at a release: a commit of the branch and, once it has one, its devN. */
export interface Candidate {
  readonly base: Sha;
  readonly startedAt?: string;
  /** When it was let on, or was known not to pass. */
  judgedAt?: string;
  readonly config: ConfigSummary;
  /** What changed in the package's configuration since the candidate before. */
  readonly configChanges: readonly string[];
  /** The commits since the candidate before, newest first, a line each. */
  readonly commits?: readonly string[];
  /** The lines that its suites cover together. */
  measured?: { readonly lines: number; readonly covered: number };
  readonly changelog?: ChangelogEntry;
  /** Coverage of each suite and of their union, one line each. */
  coverage: readonly Evidence[];
  version?: string;
  commit?: Sha;
  manifest?: Manifest;
  passed?: boolean;
  /** The tests of its steps of which some failed or were run again. */
  tests?: readonly TestPart[];
  /** Why it did not pass; its fix is the next candidate's commit. */
  findings: readonly Finding[];
  /** What the people who sent the fix said of it. */
  fix?: string;
}

/** How far a release has gone: what `abort` and `yank` mean depends on it. */
export type Phase = 'before-merge' | 'merged' | 'uploading' | 'closed';

/** Everything a release knows; plain data, so that a run can continue as new or be adopted from it. */
export interface Ledger {
  readonly id: string;
  readonly request: ReleaseRequest;
  readonly startedAt: string;
  terms?: Terms;
  /** Digest of request and terms together. */
  agreed?: Digest;
  /** How the terms were changed since, and wanted to be, oldest first. */
  amendments?: readonly Amendment[];
  phase: Phase;
  steps: StepRecord[];
  candidates: Candidate[];
  gates: Gate[];
  messages: MessageRecord[];
  /** How many of the oldest were let go: a ledger stays small whatever people send; they are in the run's history. */
  forgotten?: { readonly messages: number; readonly gates: number };
  reports: Report[];
  /** The branch's head that the next candidate starts from, once it has been read. */
  next?: BranchHead;
  /** What is going on that no step says: waiting behind another release, say. */
  notice?: string;
  merges: Merge[];
  final?: FinalVersion;
  /** The files of a final version that were lost before anything of it was sent: it may be built again. */
  lost?: readonly string[];
  /** Who could yank when it was last looked at, and who can be asked. */
  readiness?: Readiness;
  /** Who has said to be on watch, and who will be. */
  shifts: Shift[];
  watch?: { readonly from: string; readonly until: string };
  /** The deadlines of the watch that were announced before they passed. */
  announced?: Deadline[];
  /** The probes of the watch, in the order of the terms. */
  probes?: readonly ProbeRecord[];
  /** What people have agreed to do without. */
  waiver?: Waiver;
  /** The keys of the notifications that are done with, where there are channels. */
  told?: string[];
  /** Whom a channel could not reach, the last time for each channel. */
  untold?: Untold[];
  stop?: Stop;
  yank?: YankRecord;
  rollback?: Rollback;
  /** Yanks of this version that were taken back before this one, oldest first. */
  formerYanks?: YankRecord[];
  /** Why it was not even started. */
  refusal?: Trouble;
  outcome?: ReleaseOutcome;
}

/** A change of who approves a running release, and what holds before it. */
export interface Amendment {
  readonly by: string;
  readonly reason: string;
  readonly askedAt: string;
  readonly approvers: readonly string[];
  readonly quorum: number;
  /** What it is instead of, with the digest of request and terms until then. */
  readonly before: {
    readonly approvers: readonly string[];
    readonly quorum: number;
    readonly agreed?: Digest;
  };
  /** Who has agreed, if they have: only then it is in force. */
  approvedBy?: readonly string[];
  rejectedBy?: string;
  /** When it was decided, or the release went past it. */
  endedAt?: string;
}

/** A problem seen with what was published. */
export interface Report {
  readonly message: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly link?: string;
  readonly command?: string;
  /** Whether people said `keep`; a report that ends in a yank stays unanswered. */
  answered: boolean;
}

/** What stood ready to take a release back at a moment. */
export interface Readiness {
  readonly at: string;
  /** The drivers that could yank without a person. */
  readonly armed: readonly { readonly driver: string; readonly until?: string }[];
  /** What a person has to do so that more of them could. */
  readonly toDo: readonly string[];
  /** Who can be asked when, by the roster of the settings. */
  readonly plan: readonly PlannedShift[];
}

/** The final version as it ships. */
export interface FinalVersion {
  readonly commit: Sha;
  readonly manifest: Manifest;
  /** Whether the commit reached main, or waits on a branch of its own. */
  onBase?: boolean;
  tagged?: boolean;
  /** When the index first served every file. */
  visibleAt?: string;
}

/** The test index that a release is rehearsed without. */
export interface Waiver {
  readonly index: string;
  readonly why: string;
  readonly by: string;
  readonly at: string;
}

/** Why a release does not go on. */
export interface Stop {
  readonly kind: 'abort' | 'yank';
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** A merge of the release branch into main. */
export interface Merge {
  readonly commit: Sha;
  /** Main before it. */
  readonly previous: Sha;
  readonly head: Sha;
}

/** Something done with a release on its index: who wanted it and why, and how and when it came about. */
export interface IndexAct {
  readonly reason: string;
  readonly by: string;
  readonly askedAt: string;
  /** Which driver did it, or `somebody else`. */
  driver?: string;
  /** How often people had the drivers try again. */
  tries?: number;
  /** Only the index is waited for now: another `yank` has the drivers try again. */
  waiting?: boolean;
  /** When the index said so for every file. */
  provenAt?: string;
}

/** What is known of a yank. */
export interface YankRecord extends IndexAct {
  /** Whether the index was seen to list something, where an upload was stopped by this. */
  listed?: true;
  /** Who was asked by name to yank, as long as the drivers cannot. */
  calls?: Call[];
  /** The commit after which main holds nothing of the release. */
  rolledBack?: string;
  fallback?: Fallback;
  /** Whether, and by whom, it was to be taken back, oldest first. */
  unYanks?: UnYankRecord[];
}

/** What an installation without a pin takes instead of a yanked version; or who goes without that proof, and why it failed. */
export type Fallback =
  | { readonly versions: readonly string[]; readonly at: string }
  | { readonly waivedBy: string; readonly why: string };

/** What is known of a yank that is to be taken back. */
export interface UnYankRecord extends IndexAct {
  /** Who has approved it, when the last of them had. */
  approvedBy?: readonly string[];
  approvedAt?: string;
  rejectedBy?: string;
}

/** What became of main after its release was taken back. */
export interface Rollback {
  /** The version and tag of the last stable version on main's own line. */
  readonly lastStable?: { readonly version: string; readonly tag: string; readonly commit: Sha };
  /** Undefined where there was nothing to choose, since main needed no revert. */
  readonly chosen?: 'put back' | 'kept';
  /** Who chose it: people, or the settings. */
  readonly by?: string;
  /** The commit after which main holds nothing of the release. */
  commit?: Sha;
  /** Main's head where nothing was reverted, since taking the release out changes no file of it. */
  unchanged?: Sha;
}

export const outcomes = ['released', 'yanked', 'un-yanked', 'abandoned'] as const;
export type Outcome = (typeof outcomes)[number];

/** How a release ended. */
export interface ReleaseOutcome {
  readonly outcome: Outcome;
  readonly package: string;
  readonly version: string;
  readonly summary: string;
  /** What is true now, what is not, and what can still be done. */
  readonly told: Trouble;
  /** The release's record in the artifact store. */
  readonly record?: Digest;
  /** What a yanked release can show to anybody, in the artifact store; one that was released shows it on its page. */
  readonly evidence?: Digest;
}

/** The candidate that is being judged, if there is one. */
export function currentCandidate(ledger: Ledger): Candidate | undefined {
  return ledger.candidates.at(-1);
}

/** What has come of a candidate, of a release that was stopped or was not. */
export function candidateState(
  { passed, judgedAt }: { readonly passed?: boolean | undefined; readonly judgedAt?: string | undefined },
  stopped: boolean,
): 'in work' | 'passed' | 'not passed' | 'given up' {
  if (passed === true) return 'passed';
  if (passed === false || judgedAt !== undefined) return 'not passed';
  return stopped ? 'given up' : 'in work';
}

/** The gates that wait for people. */
export function openGates(ledger: Ledger): Gate[] {
  return ledger.gates.filter((gate) => gate.closedAt === undefined);
}

/** Whether somebody's approval of a gate can count: that of whoever started the release only where the settings allow it. */
export function mayApprove(
  { request, terms }: Ledger,
  { anyApprover }: Pick<Gate, 'anyApprover'>,
  by: string,
): boolean {
  return by !== request.by || terms?.selfApproval !== false || anyApprover === true;
}

/** Whether somebody is among those whom a gate waits for. */
export function isToAnswer(ledger: Ledger, gate: Gate, person: string): boolean {
  return !gate.answers.includes('approve') || mayApprove(ledger, gate, person);
}

/** Whom a gate still waits for, by name: who may answer it and has not. */
export function stillToAnswer(ledger: Ledger, gate: Gate): string[] {
  const approvers = ledger.terms?.approvers ?? [ledger.request.by];
  const given = gate.decisions.map(({ by }) => by);
  return approvers.filter((person) => !given.includes(person) && isToAnswer(ledger, gate, person));
}

/** The ledger of a release at its start. */
export function newLedger(id: string, request: ReleaseRequest, startedAt: string): Ledger {
  return {
    id,
    request,
    startedAt,
    phase: 'before-merge',
    steps: steps.map((step) => ({ id: step.id, state: 'waiting', evidence: [], findings: [] })),
    candidates: [],
    gates: [],
    messages: [],
    reports: [],
    shifts: [],
    merges: [],
  };
}
