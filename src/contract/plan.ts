import type { Subject } from './activities.js';
import type { Probe } from './probes.js';
import type { BranchHead, Terms } from './release.js';
import { steps, type StepId } from './steps.js';
import { summarise } from './summaries.js';

/** One step as it would be carried out. */
export interface PlannedStep {
  readonly id: StepId;
  readonly title: string;
  readonly doneWhen: string;
  readonly asks?: string;
  /** What would be run, in the words that the release's timeline will have. */
  readonly acts: readonly string[];
  /** Before which of its acts stands the line behind which nothing can be undone; in one step only. */
  readonly noReturnBefore?: number;
}

/** What a release would be made of, if it was started now. */
export interface Planned {
  readonly subject: Subject;
  readonly terms: Terms;
  readonly head: BranchHead;
  /** The first development version. */
  readonly next: string;
}

type Act = readonly [activity: string, input: object];

/** The twelve steps with what each would run, as the first candidate goes through them if nothing is found. */
export function planSteps(planned: Planned): PlannedStep[] {
  return steps.map((step) => {
    const acts = actsOf[step.id](planned);
    const upload = acts.findIndex(([, input]) => 'final' in input);
    return {
      ...step,
      acts: acts.map(([activity, input]) => summarise(activity, input)),
      ...(upload < 0 ? {} : { noReturnBefore: upload }),
    };
  });
}

/** What stands for a commit that is there only once the release has made it. */
const theMerge = 'the merge';

const actsOf: Readonly<Record<StepId, (planned: Planned) => readonly Act[]>> = {
  '01-validate-branch': ({ terms, head }) => [
    ['checkSuites', { source: head }],
    ...reports(terms, head.commit),
    ...reviews(terms),
  ],
  '02-set-version': ({ subject }) => [['ensureDevVersion', { subject }]],
  '03-build-and-check': (planned) => [['buildArtifacts', candidateOf(planned)]],
  '04-publish-to-test-index': (planned) => [
    ['ensurePublished', { manifest: candidateOf(planned), index: planned.terms.test }],
  ],
  '05-verify-test-install': (planned) => [
    ['checkInstallation', { manifest: candidateOf(planned), origin: { index: planned.terms.test } }],
  ],
  '06-run-tests': (planned) => tests(planned, candidateOf(planned)),
  '07-pass-quality-gates': () => [],
  '08-merge-branch': ({ subject, terms }) => [
    ...(terms.finalVersion === 'pull-request' ? [finalCommit(subject)] : []),
    ['ensurePullRequest', terms],
    // Where the forge has checks of its own they judge the pull request; the suites run on the merge in either case.
    ...(terms.reviews ? [['awaitChecks', {}] as const] : []),
    ...reviews(terms),
    ['ensureMerged', terms],
    ['checkSuites', { source: { commit: theMerge } }],
    ...reports(terms, theMerge),
  ],
  '09-publish-to-production': (planned) => {
    const { subject, terms, head } = planned;
    const index = terms.production;
    return [
      finalCommit(subject),
      ['buildArtifacts', { ...subject, like: candidateOf(planned) }],
      ...tests(planned, subject),
      ['ensureReady', { subject, index }],
      ['ensurePublished', { manifest: subject, index, final: subject, tag: head.config.tag }],
    ];
  },
  '10-verify-production': (planned) => {
    const origin = { index: planned.terms.production };
    return [['checkInstallation', { manifest: planned.subject, origin }], ...tests(planned, planned.subject)];
  },
  '11-watch-release': ({ subject, terms }) => [
    ...terms.probes.map((probe): Act => [
      probeActs[probe.work.does],
      { probe, subject, index: terms.production },
    ]),
    ['awaitDisarmed', { subject, index: terms.production }],
  ],
  '12-conclude-release': ({ terms }) => [['ensureBranchRetired', terms]],
};

const probeActs: Readonly<Record<Probe['work']['does'], string>> = {
  index: 'awaitIndexProbe',
  issues: 'awaitIssuesProbe',
  install: 'awaitTrialProbe',
  mode: 'awaitTrialProbe',
  application: 'awaitTrialProbe',
};

function candidateOf({ subject, next }: Planned): Subject {
  return { ...subject, version: next };
}

function finalCommit({ version }: Subject): Act {
  return ['ensureVersionCommit', { version }];
}

function reports({ coverage }: Terms, commit: string): Act[] {
  return coverage === undefined ? [] : [['ensureCoverageReported', { commit, service: coverage }]];
}

function reviews({ reviews: areRead, branch }: Terms): Act[] {
  return areRead ? [['awaitReviews', { branch }]] : [];
}

function tests({ head }: Planned, manifest: Subject): Act[] {
  return [
    ...head.config.modes.map((mode): Act => ['runMode', { manifest, mode }]),
    ...head.config.applications.map((application): Act => ['runApplication', { manifest, application }]),
  ];
}
