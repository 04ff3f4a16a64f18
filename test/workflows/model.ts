import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, inject } from 'vitest';

import { createLeaseActivities } from '../../src/activities/lease.js';
import { createRecordActivities } from '../../src/activities/records.js';
import { folderStore } from '../../src/activities/support/store.js';
import { readLedger, startRelease } from '../../src/client/releases.js';
import {
  taskQueue,
  zones,
  type BuildActivities,
  type PublishActivities,
  type UrgentActivities,
} from '../../src/contract/activities.js';
import { notYet } from '../../src/contract/failures.js';
import { releaseId } from '../../src/contract/handles.js';
import type { BranchHead, ReleaseRequest, Terms } from '../../src/contract/release.js';
import type { Ledger } from '../../src/contract/state.js';
import { startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { endWorkflows } from './ending.js';
import { hex, manifestOf } from './manifest.js';

/** Every activity of the procedure, as a modelled world answers it. */
export type Activities = BuildActivities & PublishActivities & UrgentActivities;

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** What happened outside, in order: one line for each activity that would change something. */
export interface Model {
  readonly effects: string[];
  readonly index: { filename: string; sha256: string; yanked: boolean | string }[];
  head: string;
  terms: Terms;
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
  test: address('test'),
  production: address('production'),
  main: address('main'),
  yankDrivers: ['command'],
  reviews: false,
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
    'ensureLease' | 'ensureLeaseReleased' | 'readRunIsOpen' | 'ensureClosed' | 'readRecord'
  >;
} {
  const model: Model = { effects: [], index: [], head: hex('start'), terms };
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
      checkVersionOnly: async () => proved('only the version differs'),
      ensurePublished: async ({ index, manifest }) => {
        for (const { filename, sha256 } of manifest.files) {
          done(`upload ${filename} to ${index.name}`);
          if (index.name === 'production') model.index.push({ filename, sha256, yanked: false });
        }
        return { evidence: [{ what: `published on ${index.name}` }] };
      },
      awaitUploaded: async ({ errand }) => ({ evidence: { what: `${errand.url} ended well` } }),
      checkInstallation: async () => proved('installed'),
      runMode: async ({ mode }) => proved(`mode ${mode}`),
      runApplication: async ({ application }) => proved(`application ${application}`),
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
      ensureFinalInGit: async ({ base, tag }) => {
        done(`final on ${base}`);
        done(`tag ${tag}`);
        return { onBase: true, evidence: [{ what: 'on main' }] };
      },
      ensureReverted: async ({ base }) => {
        done(`revert on ${base}`);
        return { ...proved('reverted'), commit: hex('revert') };
      },
      awaitReverted: async () => ({ evidence: { what: 'reverted' } }),
      ensureBranchRetired: async ({ branch }) => {
        const [file] = model.index;
        if (file !== undefined && file.yanked !== false) return { yanked: file.yanked };
        done(`delete ${branch}`);
        return { evidence: [{ what: 'deleted' }] };
      },
      readIndexedFiles: async () => ({ files: model.index }),
      ensureYanked: async ({ reason }) => {
        done('yank');
        for (const file of model.index) file.yanked = reason;
        return { proven: true, driver: 'command', evidence: [{ what: 'yanked' }] };
      },
      awaitYanked: async () => ({ evidence: { what: 'yanked' } }),
      readLastStable: async () => ({ lastStable: { version: '0.9.0', tag: 'v0.9.0', commit: hex('old') } }),
    },
  };
}

/** A service on the run's own Temporal server: real workflows, modelled activities. */
export interface Service {
  readonly client: Client;
  readonly request: ReleaseRequest;
  start(request?: Partial<ReleaseRequest>): ReturnType<typeof startRelease>;
  ledger(): Promise<Ledger>;
  /** What is kept of the release once it has ended. */
  record(): Promise<Ledger | undefined>;
  /** The first state for which `is` holds. */
  until(is: (ledger: Ledger) => boolean): Promise<Ledger>;
  close(): Promise<void>;
}

/** The server of this test file, in memory; it ends with the file's process. */
let server: Promise<TemporalServer> | undefined;

afterAll(async () => {
  await (await server)?.stop();
});

/** Runs workers for all zones in a namespace-free way: each test has a package of its own. */
export async function runService(
  overrides: Partial<Activities>,
  world = modelWorld(),
): Promise<Service & { model: Model }> {
  server ??= startTemporal({ binary: inject('temporalBinary') });
  const { address: serverAddress } = await server;
  const connection = await NativeConnection.connect({ address: serverAddress });
  const clientConnection = await Connection.connect({ address: serverAddress });
  const client = new Client({ connection: clientConnection });
  const lease = createLeaseActivities(client);
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-model-'));
  const records = createRecordActivities(folderStore(folder), client, lease);
  const activities = { ...world.activities, ...lease, ...records, ...overrides };
  const codePath = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url));
  const workers = await Promise.all(
    zones.map((zone) =>
      Worker.create({
        connection,
        taskQueue: taskQueue(zone),
        ...(zone === 'workflow' ? { workflowBundle: { codePath } } : { activities }),
      }),
    ),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  const request: ReleaseRequest = {
    package: `model-${randomUUID()}`,
    version: '1.0.0',
    by: 'ada',
    wait: false,
    acceptUnisolated: false,
  };
  const started = new Set<string>();
  const ledger = () => readLedger(client, request.package, request.version);
  return {
    model: world.model,
    client,
    request,
    start: (changes = {}) => {
      const wanted = { ...request, ...changes };
      started.add(releaseId(wanted.package, wanted.version));
      return startRelease(client, wanted);
    },
    ledger,
    record: async () => (await records.readRecord({ subject: request })).ledger,
    async until(is) {
      for (;;) {
        const now = await ledger();
        if (is(now)) return now;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      for (const worker of workers) worker.shutdown();
      await running;
      await endWorkflows(client, started);
      await clientConnection.close();
      await connection.close();
      await rm(folder, { recursive: true });
    },
  };
}
