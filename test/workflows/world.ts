import { probeRound } from '../../src/activities/probes/round.js';
import type { BuildActivities, PublishActivities, UrgentActivities } from '../../src/contract/activities.js';
import { notYet } from '../../src/contract/failures.js';
import type { Measured, Probe } from '../../src/contract/probes.js';
import type { BranchHead, Terms } from '../../src/contract/release.js';
import type { LocalActivities } from '../../src/contract/signing.js';
import { hex, manifestOf } from './manifest.js';

/** Every activity of the procedure, as a modelled world answers it. */
export type Activities = BuildActivities & PublishActivities & UrgentActivities & LocalActivities;

/** What happened outside, in order: one line for each activity that would change something. */
export interface Model {
  readonly effects: string[];
  readonly index: { filename: string; sha256: string; yanked: boolean | string }[];
  head: string;
  terms: Terms;
  /** What a probe measures. */
  measure(probe: Probe): Promise<Measured>;
}

const address = (name: string) => ({
  name,
  upload: 'http://127.0.0.1:1/legacy/',
  simple: 'http://127.0.0.1:1/simple/',
});

export const terms: Terms = {
  repository: '/nowhere.git',
  base: 'main',
  branch: 'release/1.0.0',
  approvers: ['ada', 'grace', 'linus'],
  quorum: 1,
  selfApproval: false,
  watchSeconds: 1,
  probes: [],
  escalateSeconds: 600,
  expiries: [],
  test: address('test'),
  production: address('production'),
  main: address('main'),
  yankDrivers: ['command'],
  reviews: false,
  lateFilesSeconds: 5,
  afterYank: 'put-back',
  finalVersion: 'after-merge',
  historyEvents: 2000,
};

const proved = (what: string) => ({ passed: true as const, evidence: [{ what }] });
function headAt(commit: string): BranchHead {
  const config = {
    digest: 'c'.repeat(64),
    suites: ['current'],
    modes: ['openai', 'anthropic'],
    applications: ['chatbot'],
    minimumCoverage: 100,
    tag: 'v1.0.0',
  };
  return { commit, config, configChanges: [] };
}

/** A world in which everything passes; a test overrides what is to go differently. */
export function modelWorld(): {
  model: Model;
  activities: Omit<
    Activities,
    | 'ensureLease'
    | 'ensureLeaseReleased'
    | 'readRunIsOpen'
    | 'ensureClosed'
    | 'readRecord'
    | 'readLog'
    | 'checkSignature'
  >;
} {
  const model: Model = {
    effects: [],
    index: [],
    head: hex('start'),
    terms,
    measure: async () => {
      const yanked = model.index[0]?.yanked ?? false;
      return yanked === false
        ? { kind: 'passed', evidence: { what: 'as published' } }
        : { kind: 'yanked', reason: yanked };
    },
  };
  let devs = 0;
  const done = (effect: string) => void model.effects.push(effect);
  return {
    model,
    activities: {
      readTerms: async ({ request }) => ({
        terms: { ...model.terms, watchSeconds: request.watchSeconds ?? model.terms.watchSeconds },
        head: headAt(model.head),
      }),
      readBranch: async () => ({ ...proved('branch'), head: headAt(model.head) }),
      readMissing: async () => ({ problems: [] }),
      checkSuites: async () => ({
        ...proved('100 %'),
        coverage: { lines: 1, covered: 1, reports: [{ suite: 'current', digest: 'e'.repeat(64) }] },
      }),
      ensureCoverageReported: async ({ service, commit, branch }) => {
        done(`report ${commit} of ${branch} to ${service.name}`);
        return proved('reported');
      },
      ensureDevVersion: async ({ branch }) => {
        const version = `1.0.0.dev${String(devs++)}`;
        done(`commit ${version} on ${branch}`);
        model.head = hex(`v${version}`);
        return { ...proved(version), version, commit: model.head };
      },
      ensureVersionCommit: async ({ version, branch }) => {
        done(`commit ${version}${branch === undefined ? '' : ` on ${branch}`}`);
        return { ...proved(version), commit: hex(`v${version}`) };
      },
      buildArtifacts: async ({ package: name, version, source }) => ({
        ...proved('built'),
        manifest: manifestOf(name, version, source.commit),
      }),
      ensurePublished: async ({ index, manifest, base, tag, final }) => {
        for (const { filename, sha256 } of manifest.files) {
          done(`upload ${filename} to ${index.name}`);
          if (index.name === 'production') model.index.push({ filename, sha256, yanked: false });
        }
        const published = {
          visibleAt: new Date().toISOString(),
          evidence: [{ what: `published on ${index.name}` }],
        };
        if (final === undefined) return published;
        done(`final on ${base}`);
        done(`tag ${tag}`);
        return { ...published, onBase: true };
      },
      awaitUploaded: async ({ errand }) => ({ evidence: { what: `${errand.url} ended well` } }),
      checkInstallation: async () => proved('installed'),
      runMode: async ({ mode }) => proved(`mode ${mode}`),
      runApplication: async ({ application }) => proved(`application ${application}`),
      awaitFallback: async () => ({ ...proved('an installation takes 0.9.0'), versions: ['0.9.0'] }),
      awaitIndexProbe: (round) => probeRound(round, () => model.measure(round.probe)),
      awaitIssuesProbe: (round) => probeRound(round, () => model.measure(round.probe)),
      awaitTrialProbe: (round) => probeRound(round, () => model.measure(round.probe)),
      ensurePullRequest: async ({ source }) => ({
        ...proved('badges'),
        pullRequest: {
          id: '1',
          head: source.commit,
          previous: hex('main'),
          merge: hex('merge'),
          checks: 'own',
        },
      }),
      awaitChecks: async () => proved('checks'),
      awaitReviews: async () => {
        throw notYet('nobody has reviewed it', 1);
      },
      awaitMergeable: async () => undefined,
      ensureMerged: async ({ base }) => {
        done(`merge into ${base}`);
        return { ...proved('merged'), commit: hex('merge') };
      },
      ensureWithdrawn: async () => ({ evidence: [] }),
      ensureRevertMade: async () => ({
        ...proved('made'),
        revert: { commit: hex('revert'), onto: hex('merge'), config: 'c'.repeat(64) },
      }),
      ensureReverted: async ({ base }) => {
        done(`revert on ${base}`);
        return { state: 'done', evidence: [{ what: 'reverted' }] };
      },
      awaitReverted: async () => ({ ...proved('reverted'), commit: hex('revert') }),
      ensureBranchRetired: async ({ branch }) => {
        const [file] = model.index;
        if (file !== undefined && file.yanked !== false) return { yanked: file.yanked };
        done(`delete ${branch}`);
        return { evidence: [{ what: 'deleted' }] };
      },
      ensureUploadStopped: async () => ({ files: model.index, over: true, evidence: [] }),
      ensureYanked: async ({ reason }) => {
        done('yank');
        for (const file of model.index) file.yanked = reason;
        return { proven: true, driver: 'command', evidence: [{ what: 'yanked' }] };
      },
      ensureReady: async () => ({
        arming: {
          armed: [{ driver: 'command' }],
          evidence: [{ what: 'the command is there' }],
          toDo: [],
        },
        plan: [],
      }),
      ensureTold: async () => undefined,
      awaitDisarmed: async () => {
        throw notYet('ready to yank: command', 600);
      },
      ensureUnYanked: async () => {
        done('un-yank');
        for (const file of model.index) file.yanked = false;
        return { proven: true, driver: 'command', evidence: [{ what: 'not yanked' }] };
      },
      awaitUnYanked: async () => ({ evidence: { what: 'not yanked' } }),
      awaitYanked: async () => ({ evidence: { what: 'yanked' } }),
      readLastStable: async () => ({ lastStable: { version: '0.9.0', tag: 'v0.9.0', commit: hex('old') } }),
    },
  };
}
