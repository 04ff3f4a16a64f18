import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/setup/count-reporter.js';
import { ResultRecorder } from './test/setup/result-recorder.js';
import { LongestFirst } from './test/setup/longest-first.js';

/** Tests that need nothing of the set-up but the npm packages. */
const pure = [
  ...testsIn('architecture', 'config', 'contract', 'evidence', 'tools', 'worker', 'workflows/messages'),
  ...[
    'client/render',
    'client/doctor-view',
    'client/json',
    'chaos/judge',
    'client/plan',
    'client/unanswered',
    'workflows/stopped-upload',
  ].map((name) => `test/${name}.test.ts`),
];
/** Tests of single parts against real git, Python tools and servers on loopback. */
const parts = testsIn('activities', 'rehearsal');

/** What every project with a service of its own gets ready. */
const service = {
  globalSetup: ['test/setup/tools.ts', 'test/setup/service.ts'],
  testTimeout: 300_000,
  hookTimeout: 120_000,
};

/** The faults that take minutes each; `npm run chaos` runs them. */
const chaos = {
  name: 'chaos',
  include: ['test/chaos/**/*.chaos.ts'],
  ...service,
  testTimeout: 3_600_000,
};

export default defineConfig({
  test: {
    // Temporal's native module does not survive worker threads.
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', new CountReporter(), new ResultRecorder(process.env.SLIPWAY_RESULTS)],
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'pure', include: pure } },
      {
        extends: true,
        test: {
          name: 'parts',
          include: parts,
          globalSetup: 'test/setup/tools.ts',
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'service',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, ...parts],
          ...service,
        },
      },
      ...(process.env.SLIPWAY_CHAOS === 'whole' ? [{ extends: true as const, test: chaos }] : []),
    ],
  },
});

function testsIn(...folders: string[]): string[] {
  return folders.map((folder) => `test/${folder}/**/*.test.ts`);
}
