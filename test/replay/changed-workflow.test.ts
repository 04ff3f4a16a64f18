import { DeterminismViolationError } from '@temporalio/workflow';
import { expect, it } from 'vitest';

import { releaseId } from '../../src/contract/handles.js';
import { answer, approveAll, outcome, service, waitsAt, type Running } from '../workflows/playing.js';
import { modelWorld } from '../workflows/world.js';
import { patience } from '../setup/patience.js';
import { changedBundle, type Change } from './changed-bundle.js';
import { notReplayed } from './histories.js';

const once = 'desk.accept(await build.checkInstallation({ ...installation, pinned: true }));';

/** A candidate's installation is checked a second time: a step that no release had which began before. */
const change = (condition: string): Change => ({
  file: 'steps/05-verify-test-install.ts',
  from: once,
  to: `${once}\n  ${condition} ${once}`,
});

const patched: readonly Change[] = [
  change("if (patched('installs-twice'))"),
  {
    file: 'steps/05-verify-test-install.ts',
    from: "import type { Manifest } from '../../contract/release.js';",
    to: "import { patched } from '@temporalio/workflow';\nimport type { Manifest } from '../../contract/release.js';",
  },
];

/** A service that counts how often each version's installation from the test index was checked. */
async function counting(): Promise<{ running: Running; checked: string[] }> {
  const world = modelWorld();
  const checked: string[] = [];
  const running = await service(
    {
      checkInstallation: async ({ manifest, pinned }) => {
        if (pinned) checked.push(manifest.version);
        return { passed: true, evidence: [] };
      },
    },
    world,
  );
  return { running, checked };
}

async function historyOf({ client, request }: Running) {
  return client.workflow.getHandle(releaseId(request.package, request.version)).fetchHistory();
}

/** Why the engine could not take the release on with the code that its worker has now. */
async function causes(running: Running): Promise<string[]> {
  const { events } = await historyOf(running);
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed === undefined || failed === null ? [] : [failed.failure?.message ?? ''],
  );
}

it('row 43: a release that began on the old code ends on the new one, by the old order, and the next one by the new', async () => {
  const { running, checked } = await counting();
  await running.start({ watchSeconds: 1 });
  await approveAll(running, 'branch');
  await running.until(waitsAt('merge'));
  await running.stopWorkers();
  await running.startWorkers(await changedBundle(...patched));
  await approveAll(running, 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect(checked).toEqual(['1.0.0.dev0']);
  expect(running.model.effects.at(-1)).toBe('delete release/1.0.0');

  await running.start({ watchSeconds: 1 });
  await approveAll(running, 'branch', 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect(checked).toEqual(['1.0.0.dev0', '1.0.0.dev1', '1.0.0.dev1']);
});

it('row 43: the same change without patched() stops the release where it is, and the patched code takes it on from there', async () => {
  const { running, checked } = await counting();
  await running.start({ watchSeconds: 1 });
  await approveAll(running, 'branch');
  await running.until(waitsAt('merge'));
  const before = [...running.model.effects];
  await running.stopWorkers();
  const unpatched = await changedBundle(change(''));
  await running.startWorkers(unpatched);
  const message = { by: 'grace', reason: 'while the wrong code runs' };
  const { package: name, version } = running.request;
  await running.client.workflow.getHandle(releaseId(name, version)).signal('report', message);
  await expect
    .poll(() => causes(running), patience)
    .toContainEqual(expect.stringContaining('Nondeterminism'));
  expect(running.model.effects).toEqual(before);
  // The check of the kept histories would have said so before anybody ran that code.
  const history = {
    name: 'this release',
    workflowId: releaseId(name, version),
    history: await historyOf(running),
  };
  expect(await notReplayed(unpatched, [history])).toEqual([
    { name: 'this release', error: expect.any(DeterminismViolationError) as Error },
  ]);

  await running.stopWorkers();
  await running.startWorkers(await changedBundle(...patched));
  expect(await answer(running, 'merge', 'approve')).toMatchObject({ counted: true });
  await approveAll(running, 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect(checked).toEqual(['1.0.0.dev0']);
});
