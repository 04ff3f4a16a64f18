import { short } from './digest.js';

/** The engine cuts a summary at this many characters. */
const longest = 120;

type Input = Readonly<Record<string, unknown>>;

const words: Readonly<Record<string, (input: Input) => string>> = {
  readTerms: () => 'Read the terms of the release',
  readBranch: (input) => `Read the branch ${text(input.branch)}`,
  examinePublish: () => 'Look at settings, repository, forge and indexes; change nothing',
  examineBuild: () => 'Look at the machine and at what the package needs there; change nothing',
  examineUrgent: () => 'Look at who could yank and who is told; arm and send nothing',
  readMissing: () => 'Look for missing secrets and Pythons',
  checkSuites: (input) => `Run all suites under coverage at ${commitOf(input.source)}`,
  ensureCoverageReported: (input) =>
    `Bring the coverage of ${short(text(input.commit))} to ${text(field(input.service, 'name'))} and read it back`,
  ensureDevVersion: (input) => `Write the next free devN of ${subjectOf(input)}`,
  ensureVersionCommit: (input) => `Write version ${text(input.version)}`,
  buildArtifacts: (input) =>
    `Build ${text(input.package)} ${text(input.version)}${input.like === undefined ? '' : ', different only in version'}`,
  ensurePublished: (input) =>
    `Upload ${manifestOf(input)} to ${indexOf(input)} and read it back${input.final === undefined ? '' : `, then tag it ${text(input.tag)}`}`,
  awaitUploaded: (input) => `Wait for the upload at ${text(field(input.errand, 'url'))}`,
  checkInstallation: (input) => `Install ${manifestOf(input)} from ${originOf(input)} into a new environment`,
  runMode: (input) => `Tests of ${manifestOf(input)} in mode ${text(input.mode)}`,
  runApplication: (input) => `Application ${text(input.application)} with ${manifestOf(input)}`,
  awaitFallback: (input) =>
    `Install ${text(field(input.manifest, 'package'))} unpinned from ${indexOf(input)}: it takes another version`,
  awaitIndexProbe: (input) => `Probe ${text(field(input.probe, 'name'))} on ${indexOf(input)}`,
  awaitIssuesProbe: (input) =>
    `Probe ${text(field(input.probe, 'name'))}: issues that name ${subjectOf(input)}`,
  awaitTrialProbe: (input) => `Probe ${text(field(input.probe, 'name'))}`,
  ensurePullRequest: (input) => `Open the pull request ${text(input.branch)} to ${text(input.base)}`,
  awaitChecks: () => 'Wait for the checks on the pull request',
  awaitReviews: (input) => `Wait for reviews of ${text(input.branch)}`,
  awaitMergeable: () => 'Wait until the rules of the forge allow the merge',
  awaitReverted: (input) => `Wait until ${text(input.base)} holds the revert`,
  ensureMerged: (input) => `Merge into ${text(input.base)} at exactly the validated head`,
  ensureWithdrawn: (input) => `Say on the forge that ${subjectOf(input)} was taken back`,
  ensureRevertMade: (input) => `Make the revert of the release on ${text(input.base)}`,
  ensureReverted: (input) => `Revert the release on ${text(input.base)}`,
  ensureBranchRetired: (input) => `Delete the branch ${text(input.branch)}`,
  ensureLease: (input) => `Ask for the lease of ${text(input.package)}`,
  ensureLeaseReleased: (input) => `Give back the lease of ${text(input.package)}`,
  readRunIsOpen: (input) => `See whether ${text(input.workflowId)} is open`,
  ensureUploadStopped: (input) => `End the upload of ${subjectOf(input)} to ${indexOf(input)}`,
  ensureYanked: (input) => `Yank ${subjectOf(input)} on ${indexOf(input)}`,
  awaitYanked: (input) => `Wait until ${indexOf(input)} says yanked for every file of ${subjectOf(input)}`,
  ensureUnYanked: (input) => `Take the yank of ${subjectOf(input)} on ${indexOf(input)} back`,
  awaitUnYanked: (input) => `Wait until ${indexOf(input)} says yanked for no file of ${subjectOf(input)}`,
  ensureReady: (input) => `See who could yank ${subjectOf(input)} on ${indexOf(input)} now`,
  awaitDisarmed: (input) => `Keep ready to yank ${subjectOf(input)} on ${indexOf(input)}`,
  readLastStable: () => 'Find the last stable version',
  ensureTold: (input) => `Tell people of ${subjectOf(input)}`,
  ensureClosed: () => 'Keep the record of the release and give back its lease',
  readLog: () => 'Read a piece of the log',
  readRecord: (input) => `Read the record of ${subjectOf(input)}`,
};

/** What an activity is about to do, in one line for the Web UI's timeline. */
export function summarise(activity: string, input: unknown): string {
  return (words[activity]?.((input ?? {}) as Input) ?? activity).slice(0, longest);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Input)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function indexOf(input: Input): string {
  return text(field(input.index, 'name'));
}

function originOf(input: Input): string {
  const name = text(field(field(input.origin, 'index'), 'name'));
  return name === '' ? 'the artifact store' : name;
}

function manifestOf(input: Input): string {
  return `${text(field(input.manifest, 'package'))} ${text(field(input.manifest, 'version'))}`;
}

function subjectOf(input: Input): string {
  return `${text(field(input.subject, 'package'))} ${text(field(input.subject, 'version'))}`;
}

function commitOf(source: unknown): string {
  return short(text(field(source, 'commit')));
}
