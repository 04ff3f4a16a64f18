import { createArtifactActivities } from '../../../src/activities/build.js';
import type { Installation, Origin } from '../../../src/contract/activities.js';
import type { Manifest, Source } from '../../../src/contract/release.js';
import type { Verdict } from '../../../src/contract/verdict.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { addressOf, makeBench } from './bench.js';
import { fixture, makeRepository, type Files, type Repository } from './repository.js';
import { startMain, startTest } from './stand-ins.js';
import { uploadFiles } from './uploading.js';

/** What wheels of the fixture are tried out in: a repository, a test index and a main index. */
export interface Trials {
  readonly bench: Awaited<ReturnType<typeof makeBench>>;
  readonly repository: Repository;
  readonly main: IndexStandIn;
  readonly testIndex: IndexStandIn;
  build(source: Source, version?: string): Promise<Manifest>;
  /** Commits the fixture with these changes, builds it and says how it is installed; by default from the store. */
  installationOf(changes: Files, origin?: Origin): Promise<Installation>;
  publish(manifest: Manifest, index: IndexStandIn, name: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes a place for trials whose tests may be lent these secrets and see these variables of the service. */
export async function makeTrials(
  lent: Readonly<Record<string, string>>,
  testEnvironment: Readonly<Record<string, string>> = {},
): Promise<Trials> {
  const [main, testIndex, repository] = await Promise.all([
    startMain(['fx-demo']),
    startTest(),
    makeRepository(),
  ]);
  const bench = await makeBench({
    test: addressOf('test', testIndex),
    production: addressOf('main', main),
    secrets: { ...lent, TEST_TOKEN: indexes.TOKEN, PRODUCTION_TOKEN: indexes.TOKEN },
    settings: { testEnvironment },
  });
  const build = async (source: Source, version = '1.0.0.dev0') => {
    const subject = { source, package: 'fx-demo', version };
    const verdict = await createArtifactActivities(bench).buildArtifacts(subject);
    if (!verdict.passed) throw new Error(JSON.stringify(verdict.findings));
    return verdict.manifest;
  };
  return {
    bench,
    repository,
    main,
    testIndex,
    build,
    async installationOf(changes, origin = { store: true }) {
      const source = await repository.commit({ ...fixture, ...changes });
      return { manifest: await build(source), source, origin, main: addressOf('main', main) };
    },
    async publish(manifest, index, called) {
      await uploadFiles(bench, addressOf(called, index), manifest);
    },
    async close() {
      await Promise.all([bench.close(), main.close(), testIndex.close(), repository.close()]);
    },
  };
}

/** The findings of a verdict, a line each. */
export function titles(verdict: Verdict): string[] {
  return verdict.passed ? [] : verdict.findings.map(({ title }) => title);
}
