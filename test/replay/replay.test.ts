import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, expect, it } from 'vitest';

import { runService } from '../workflows/model.js';
import { built } from '../workflows/workers.js';
import { modelWorld } from '../workflows/world.js';
import { changedBundle } from './changed-bundle.js';
import { keep, kept, keptNames, notReplayed, prefixes } from './histories.js';
import { play, scenarios, type Scenario } from './scenarios.js';

/** `SLIPWAY_RECORD_HISTORIES=1 npx vitest run test/replay` makes every kept history anew. */
beforeAll(async () => {
  if (process.env.SLIPWAY_RECORD_HISTORIES === undefined) return;
  for (const [name, scenario] of Object.entries(scenarios)) await record(name, scenario);
}, 600_000);

async function record(name: string, scenario: Scenario): Promise<void> {
  const world = modelWorld();
  world.model.terms = { ...world.model.terms, ...scenario.terms };
  const running = await runService(scenario.world?.(world.model, world.activities) ?? {}, world);
  const workflowId = await play(scenario, running);
  keep(name, await running.client.workflow.getHandle(workflowId).fetchHistory());
  await running.close();
}

const all = () => Object.keys(scenarios).sort().map(kept);

it('row 44: the kept history of every scenario replays without nondeterminism', async () => {
  expect(keptNames()).toEqual(Object.keys(scenarios).sort());
  expect(await notReplayed(built, all())).toEqual([]);
});

it('row 44: every kept history replays from wherever a worker may be handed it', async () => {
  const handed = all().flatMap(prefixes);
  expect(handed.length).toBeGreaterThan(Object.keys(scenarios).length * 10);
  expect(await notReplayed(built, handed)).toEqual([]);
});

it('row 44: workflows whose steps stand in another order do not replay what is kept', async () => {
  const file = 'release.ts';
  const [install, tests] = [
    "step('05-verify-test-install', ",
    "step('06-run-tests', () => runTests(desk, files))",
  ];
  const reordered = await changedBundle(
    { file, from: `await ${install}() => verifyTestInstall(desk, files));`, to: `await ${tests};` },
    {
      file,
      from: `await ${tests};\n    return files;`,
      to: `await ${install}() => verifyTestInstall(desk, files));\n    return files;`,
    },
  );
  const failed = await notReplayed(reordered, [kept('released'), ...prefixes(kept('released'))]);
  expect(failed.map(({ name }) => name)).toContain('released');
  expect(failed.filter(({ error }) => !(error instanceof DeterminismViolationError))).toEqual([]);
  const handed = prefixes(kept('released'));
  // What was handed out before the steps that changed places is the same in both.
  expect(failed.length).toBeGreaterThan(handed.length / 2);
  expect(failed.length).toBeLessThan(handed.length);
});
