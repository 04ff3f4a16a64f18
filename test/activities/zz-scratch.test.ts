import { mkdtemp } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, vi } from 'vitest';
vi.mock('../../src/activities/support/run.js', async (original) => {
  const real = await original<typeof import('../../src/activities/support/run.js')>();
  return { ...real, run: async (c: any, o: any) => { const r = await real.run(c, o); console.log('   ', r.seconds.toFixed(2), c.map((x: string) => x.slice(-40)).join(' ').slice(0, 160)); return r; } };
});
import { layStage } from '../../rehearsal/sample.js';
import { startLanguageModel } from '../../rehearsal/language-model.js';
import { createApplicationActivities } from '../../src/activities/applications.js';
import { createArtifactActivities } from '../../src/activities/build.js';
import { createInstallationActivities } from '../../src/activities/installation.js';
import { createModeActivities } from '../../src/activities/modes.js';
import { createSuiteActivities } from '../../src/activities/suites.js';
import { createUploadActivities } from '../../src/activities/publisher/ensure-uploaded.js';
import { createPackageIndexActivities } from '../../src/activities/package-index.js';
import { readConfigIn } from '../../src/activities/support/source.js';
import { root } from '../../tools/paths.mjs';
import { addressOf, makeBench } from './support/bench.js';
import { startMain, startTest } from './support/stand-ins.js';
import * as indexes from '../rehearsal/index/tools.js';

test('sample', async () => {
  const lm = await startLanguageModel({ openaiKey: 'sk-o', anthropicKey: 'sk-a' });
  const [main, ti] = [await startMain(['meant-it']), await startTest()];
  const bench = await makeBench({
    test: addressOf('test', ti),
    production: addressOf('main', main),
    secrets: {
      OPENAI_API_KEY: 'sk-o',
      ANTHROPIC_API_KEY: 'sk-a',
      TEST_TOKEN: indexes.TOKEN,
      PRODUCTION_TOKEN: indexes.TOKEN,
    },
    settings: {
      testEnvironment: { OPENAI_BASE_URL: lm.openaiBaseUrl, ANTHROPIC_BASE_URL: lm.anthropicBaseUrl },
    },
  });
  const repo = await mkdtemp(path.join(tmpdir(), 'sample-'));
  const git = (...a: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', repo, ...a], {
      encoding: 'utf8',
    }).trim();
  git('init', '-q');
  const commit = async () => {
    git('add', '-A');
    git('commit', '-qm', 'x');
    const c = await readConfigIn(repo);
    if ('problems' in c) throw new Error(c.problems.join());
    return { repository: repo, commit: git('rev-parse', 'HEAD'), config: c.digest };
  };
  const timed = async <T>(name: string, body: () => Promise<T>): Promise<T> => {
    const t = performance.now();
    const c = process.resourceUsage();
    const r = await body();
    const v = r as { passed?: boolean; findings?: unknown; evidence?: unknown };
    console.log(
      name,
      ((performance.now() - t) / 1000).toFixed(2),
      v.passed,
      (JSON.stringify(v.findings ?? v.evidence ?? '') ?? '').slice(0, 300),
    );
    return r;
  };
  const m = addressOf('main', main);
  await layStage(path.join(root, 'rehearsal/sample'), 'stable', repo);
  const stable = await commit();
  const b0 = await createArtifactActivities(bench).buildArtifacts({
    source: stable,
    package: 'meant-it',
    version: '0.1.0',
  });
  if (!b0.passed) throw new Error(JSON.stringify(b0));
  for (const a of b0.manifest.files)
    await createUploadActivities(bench).ensureUploaded({
      index: m,
      artifact: a,
      subject: { package: 'meant-it', version: '0.1.0' },
    });
  await layStage(path.join(root, 'rehearsal/sample'), 'release', repo);
  await layStage(path.join(root, 'rehearsal/sample'), 'fix', repo);
  execFileSync('sed', [
    '-i',
    's/"0.1.0"/"0.2.0.dev0"/',
    path.join(repo, 'pyproject.toml'),
    path.join(repo, 'src/meant_it/__init__.py'),
  ]);
  const source = await commit();
  await timed('suites', () => createSuiteActivities(bench).checkSuites({ source, main: m }));
  await timed('suites', () => createSuiteActivities(bench).checkSuites({ source, main: m }));
  await Promise.all([bench.close(), main.close(), ti.close(), lm.close()]);
}, 300_000);
