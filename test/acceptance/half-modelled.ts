import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, inject, onTestFinished } from 'vitest';

import type { ProbeSetting } from '../../src/config/probe-schema.js';
import { sendMessage } from '../../src/client/releases.js';
import { canonicalJson } from '../../src/contract/digest.js';
import type { Artifact, Manifest } from '../../src/contract/release.js';
import { openGates, type Ledger, type Outcome } from '../../src/contract/state.js';
import { startTemporal } from '../../src/up/temporal-server.js';
import { createActivities } from '../../src/worker/activities.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import { root } from '../../tools/paths.mjs';
import { addressOf, makeBench } from '../activities/support/bench.js';
import { loseFile } from '../activities/support/losing.js';
import { atVersion, makeRepository } from '../activities/support/repository.js';
import * as indexes from '../rehearsal/index/tools.js';
import { runService, type Service, type ServiceOptions } from '../workflows/model.js';
import { modelWorld, type Activities } from '../workflows/world.js';

/** A release on a real index and a real repository, of which only builds and tests are modelled: they take no time. */
export interface HalfModelled extends Service {
  /** The production index and the test index. */
  readonly index: IndexStandIn;
  readonly test: IndexStandIn;
  /** Runs git as a maintainer, in the repository itself, and returns what it printed. */
  readonly git: (...args: string[]) => string;
  /** The folder of the repository that it is released from. */
  readonly repository: string;
  /** How many uploads to it are on their way. */
  arriving(): Promise<number>;
  /** Brings the sdist of the release to the index, as of an upload that did not end when it was stopped. */
  uploadLate(): Promise<void>;
  /** Takes a kept file of the release out of the artifact store. */
  lose(kind: Artifact['kind']): Promise<void>;
  /** What the index says of each file of the release that it lists. */
  shown(): Promise<unknown[]>;
  /** The same when all faults are taken away. */
  yanked(): Promise<unknown[]>;
  /** The names of the files of the release that both indexes have stored, in their order, by their own records. */
  stored(): string[];
  /** The files of a version, as they are kept. */
  manifest(version: string): Manifest;
  /** Whether the files on main are those from before the release. */
  mainIsBack(): boolean;
}

/** How such a world differs from what is usual. */
export interface Differences extends Pick<ServiceOptions, 'buildSlots' | 'address' | 'workersFindItAt'> {
  readonly watchSeconds?: number;
  readonly probes?: readonly ProbeSetting[];
  /** The number of the first candidate's development version. */
  readonly devNumber?: number;
  /** The clock of the production index. */
  readonly now?: () => Date;
  /** Where the service finds the repository. */
  readonly host?: Host;
  /** Another such world, whose indexes and package it has. */
  readonly rival?: HalfModelled;
}

const maintainer = ['user.name=Ada', 'user.email=ada@example.org', 'advice.detachedHead=false'].flatMap(
  (setting) => ['-c', setting],
);

/** Where the service finds a repository, and the secrets that it takes there. */
export interface Hosted {
  readonly place: { readonly repository: string; readonly credentials?: string };
  readonly secrets: Record<string, string>;
}

type Host = (folder: string) => Promise<Hosted>;

const inItsFolder: Host = (folder) => Promise.resolve({ place: { repository: folder }, secrets: {} });

const usual: Required<Omit<Differences, 'rival' | 'address' | 'workersFindItAt'>> = {
  ...{ buildSlots: 100, watchSeconds: 3600, probes: [], devNumber: 0 },
  now: () => new Date(),
  host: inItsFolder,
};

/** Opens such a world with an older release in it, or beside a `rival` that has the same indexes; it is gone after the test. */
export async function halfModelled(
  build: Partial<Activities> = {},
  differences: Differences = {},
): Promise<HalfModelled> {
  const { buildSlots, watchSeconds, probes, devNumber, now, host } = { ...usual, ...differences };
  const { name, folder, test, production } = await indexesFor(differences.rival, now);
  const late = await indexes.makeDistributions(name, '1.0.0');
  const repository = await makeRepository();
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository.folder, ...maintainer, ...args], { encoding: 'utf8' }).trim();
  const named = (version: string) =>
    Object.fromEntries(
      Object.entries(atVersion(version)).map(([file, text]) => [
        file,
        text.replaceAll('"fx-demo"', `"${name}"`),
      ]),
    );
  await repository.commit(named('0.9.0'));
  git('tag', 'v0.9.0');
  git('checkout', '--quiet', '-b', 'release/1.0.0');
  await repository.commit({ ...named('0.9.0'), 'NOTES.md': 'new\n' });
  git('checkout', '--quiet', '--detach');
  const before = git('rev-parse', 'main^{tree}');

  const { place, secrets } = await host(repository.folder);
  const bench = await makeBench({
    test: addressOf('test', test),
    production: addressOf('production', production),
    // The very object, so that a test can put another secret there.
    secrets: Object.assign(secrets, {
      TEST_TOKEN: indexes.TOKEN,
      PRODUCTION_TOKEN: indexes.TOKEN,
      STAND_IN_INDEX: production.url,
      STAND_IN_OWNER: indexes.OWNER,
    }),
    settings: {
      approvers: ['ada', 'grace', 'linus'],
      watchSeconds,
      probes,
      buildSecrets: [],
      yank: {
        drivers: ['command'],
        limitSeconds: 15,
        lateFilesSeconds: 8,
        command: [
          process.execPath,
          path.join(root, 'rehearsal', 'index', 'yank-command.mjs'),
          ...['{package}', '{version}', '{reason}'],
        ],
        secrets: ['STAND_IN_INDEX', 'STAND_IN_OWNER'],
      },
      packages: {
        [name]: {
          ...{ ...place, base: 'main', lines: {}, branch: 'release/{version}' },
          forge: { kind: 'git', checks: [], publishingWorkflows: 'refuse', pollSeconds: 1 },
        },
      },
    },
  });
  const manifests = new Map<string, Manifest>();
  const candidates = [devNumber, devNumber + 1].map((number) => `1.0.0.dev${String(number)}`);
  for (const version of [...candidates, '1.0.0'])
    manifests.set(version, await kept((bytes) => bench.store.put(bytes), name, version, repository.folder));

  const madeAnew = (version: string) => kept((bytes) => bench.store.put(bytes), name, version, 'anew');

  const service = await runService(
    (client) => ({
      ...createActivities('publish', bench, client),
      ...createActivities('urgent', bench, client),
      buildArtifacts: async ({ version, source, anew }) => {
        const manifest = anew === true ? await madeAnew(version) : manifests.get(version);
        if (manifest === undefined) throw new Error(`nobody has made ${version}`);
        const built = { evidence: [], manifest: { ...manifest, commit: source.commit } };
        const record = await bench.store.put(canonicalJson(built));
        await bench.store.setName(`build/${name}/${version}/${source.commit}`, record);
        return { passed: true, ...built };
      },
      ...build,
    }),
    modelWorld(),
    {
      ...{ name, buildSlots, workersFindItAt: differences.workersFindItAt },
      address: differences.address ?? (differences.rival && (await anotherServer())),
    },
  );
  const shown = async () => {
    const { files } = await indexes.simpleJson(production, name);
    return files.filter(({ filename }) => filename.includes('-1.0.0')).map(({ yanked }) => yanked);
  };
  onTestFinished(async () => {
    await service.close();
    await bench.close();
    await repository.close();
  });
  return {
    ...service,
    index: production,
    test,
    git,
    repository: repository.folder,
    arriving: async () => (await readdir(path.join(folder, 'incoming'))).length,
    async lose(kind) {
      const { sha256 = '' } = manifests.get('1.0.0')?.files.find((file) => file.kind === kind) ?? {};
      await loseFile(path.join(bench.settings.state, 'store'), sha256);
    },
    async uploadLate() {
      production.behave();
      expect(await indexes.plainUpload(production, late.sdist)).toMatchObject({ status: 200 });
    },
    shown,
    stored: () =>
      [test, production].flatMap(indexes.storedFiles).filter((filename) => filename.includes('-1.0.0')),
    manifest(version) {
      const manifest = manifests.get(version);
      if (manifest === undefined) throw new Error(`nobody has made ${version}`);
      return manifest;
    },
    yanked: () => {
      production.behave();
      return shown();
    },
    mainIsBack: () => git('rev-parse', 'main^{tree}') === before,
  };
}

/** A Temporal server of its own, as a service elsewhere has. */
async function anotherServer(): Promise<string> {
  const server = await startTemporal({ binary: inject('temporalBinary') });
  onTestFinished(() => server.stop());
  return server.address;
}

/** Indexes with an older release of a package on them, or those of a rival. */
async function indexesFor(rival: HalfModelled | undefined, now: () => Date) {
  const folder = await indexes.temporaryFolder();
  if (rival !== undefined)
    return { name: rival.request.package, folder, test: rival.test, production: rival.index };
  const name = `fx-${randomUUID().slice(0, 8)}`;
  const [test, production] = await Promise.all([
    indexes.runningIndex(),
    indexes.runningIndex({ folder, now }),
  ]);
  const older = await indexes.makeDistributions(name, '0.9.0');
  for (const file of [older.wheel, older.sdist]) await indexes.plainUpload(production, file);
  return { name, folder, test, production };
}

/** Makes the files of a version and keeps them in the store. */
async function kept(
  put: (bytes: Buffer) => Promise<string>,
  name: string,
  version: string,
  body: string,
): Promise<Manifest> {
  const { wheel, sdist } = await indexes.makeDistributions(name, version, body);
  const files = await Promise.all(
    (
      [
        ['wheel', wheel],
        ['sdist', sdist],
      ] as const
    ).map(async ([kind, file]) => {
      const bytes = await readFile(file);
      return { kind, filename: path.basename(file), size: bytes.length, sha256: await put(bytes) };
    }),
  );
  return { package: name, version, commit: '', files, toolchain: 'modelled' };
}

/** Answers whatever people are asked with the first answer that there is, until the release, or its late yank, is as wanted. */
export async function answerAll(
  release: HalfModelled,
  is: (ledger: Ledger) => boolean,
  workflowId?: string,
): Promise<Ledger> {
  const answered = new Set<string>();
  return release.until((ledger) => {
    for (const { id, digest, answers } of openGates(ledger).filter((gate) => !answered.has(gate.digest))) {
      answered.add(digest);
      const [kind = 'retry'] = answers;
      const message = { by: 'grace', gate: id, digest, reason: 'in a test' };
      // A run that is ended by force meanwhile answers nobody.
      sendMessage(release.client, release.request, kind, message, workflowId).catch(() => undefined);
    }
    return is(ledger);
  });
}

/** Starts the release and brings it to a state. */
export async function bringTo(release: HalfModelled, is: (ledger: Ledger) => boolean): Promise<Ledger> {
  const admission = await release.start();
  if (admission.state !== 'admitted') throw new Error(JSON.stringify(admission));
  return answerAll(release, is);
}

/** Whether a release, or its late yank, is over and kept. */
const isOver = ({ outcome, phase }: Ledger) => phase === 'closed' && outcome !== undefined;

/** How the release, or its late yank, ends while people say yes to everything. */
export async function awaitEnd(release: HalfModelled, workflowId?: string): Promise<Outcome | undefined> {
  const { outcome } = await answerAll(release, isOver, workflowId);
  return outcome?.outcome;
}
