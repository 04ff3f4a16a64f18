import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import { makeIdentityProvider } from '../../../rehearsal/forge/identity.js';
import { startRunner, type Runner } from '../../../rehearsal/forge/runner.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { forges } from '../../../src/activities/forge/forges.js';
import { createUploadActivities } from '../../../src/activities/publisher/ensure-uploaded.js';
import type { Uploaded } from '../../../src/activities/publisher/publisher.js';
import { awaitUploaded } from '../../../src/activities/publisher/trusted.js';
import { publishFile, publishPath, publishWorkflow } from '../../../src/config/publish-workflow.js';
import type { Errand } from '../../../src/contract/activities.js';
import type { IndexAddress, Manifest } from '../../../src/contract/release.js';
import type { Evidence } from '../../../src/contract/verdict.js';
import { makeGithubWorld, type GithubWorld } from '../forge/github-world.js';
import { subject } from '../git-world.js';
import { runningIndex, makeDistributions } from '../../rehearsal/index/tools.js';
import { manifestOf } from '../support/distributions.js';
import { addressOf } from '../support/bench.js';

/** A package on the GitHub-compatible stand-in whose workflow may upload to an index that has no token at all. */
export interface TrustedWorld {
  readonly github: GithubWorld;
  readonly index: IndexStandIn;
  readonly address: IndexAddress;
  readonly runner: Runner;
  readonly manifest: Manifest;
  ensureUploaded(): Promise<Uploaded>;
  awaitUploaded(errand: Errand): Promise<{ evidence: Evidence }>;
  /** The runs of the workflow, newest first. */
  runs(): Promise<
    readonly { id: number; status: string; conclusion: string | null; display_title: string }[]
  >;
}

/** How it differs from what is usual. */
export interface Differences {
  /** What main has at the workflow's place; null for nothing. */
  readonly workflow?: string | null;
  /** Somebody has to let the job that uploads into its environment. */
  readonly reviewed?: boolean;
}

/** Makes one; it is gone when the test is over. */
export async function makeTrustedWorld(differences: Differences = {}): Promise<TrustedWorld> {
  const { workflow = publishWorkflow, reviewed = false } = differences;
  const identity = makeIdentityProvider('https://identity.example.org');
  const publisher = { repository: 'o/demo', workflow: publishFile, environment: 'pypi' };
  const index = await runningIndex({
    tokens: [],
    trust: { ...identity, publishers: [{ project: subject.package, ...publisher }] },
  });
  const address = addressOf('the-index', index);
  const production = { ...address, yanks: true, publisher: 'trusted' };
  const github = await makeGithubWorld({}, { production });
  const { bench, repository } = github.world;
  if (workflow !== null) await toMain(github, workflow);
  const runner = await running(github, { identity, index: index.url, reviewed });
  const made = await makeDistributions(subject.package, subject.version);
  const manifest = await manifestOf(subject.package, subject.version, made, bench.store);
  const openForge = forges(bench);
  const from = { repository, base: 'main', tag: 'v0.2.0' };
  return {
    ...{ github, index, address, runner, manifest },
    ensureUploaded: () =>
      createUploadActivities(bench, openForge).ensureUploaded({ index: address, manifest, ...from }),
    awaitUploaded: (errand) => awaitUploaded(openForge, { repository, errand }),
    async runs() {
      const listed = await github.as('ada', 'GET', `/actions/workflows/${publishFile}/runs`);
      return (listed as { workflow_runs: Awaited<ReturnType<TrustedWorld['runs']>> }).workflow_runs;
    },
  };
}

/** Commits a workflow to main, where the release branch begins anew. */
export async function toMain({ world }: GithubWorld, workflow: string): Promise<void> {
  await world.git('switch', '--quiet', 'main');
  await world.commit({ [publishPath]: workflow }, 'Publish by a workflow');
  await world.push('main');
}

async function running(
  { standIn }: GithubWorld,
  options: Pick<Parameters<typeof startRunner>[0], 'identity' | 'index' | 'reviewed'>,
): Promise<Runner> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-runner-'));
  const pythonTools = process.env.SLIPWAY_TOOLS ?? '';
  const about = { repository: 'o/demo', token: 'token-of-grace', pythonTools, folder };
  const runner = startRunner({ forge: standIn, ...about, ...options });
  onTestFinished(async () => {
    await runner.close();
    await rm(folder, { recursive: true, force: true });
  });
  return runner;
}
