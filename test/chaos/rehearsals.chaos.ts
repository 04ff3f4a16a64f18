import { Context } from '@temporalio/activity';
import { expect, it } from 'vitest';

import { releaseId } from '../../src/contract/handles.js';
import { finding, notPassed } from '../../src/contract/verdict.js';
import { service } from '../workflows/playing.js';
import { modelWorld } from '../workflows/world.js';
import { patientPeople } from './patient-people.js';

const rehearsals = 200;
const passes = `.dev${String(rehearsals - 1)}`;

it('row 45: after two hundred rehearsals no run is long, the ledger is small, and every decision is kept', async () => {
  const world = modelWorld();
  const runs = new Set<string>();
  const running = await service(
    {
      runMode: async ({ manifest }) => {
        runs.add(Context.current().info.workflowExecution?.runId ?? '');
        return !manifest.version.includes('dev') || manifest.version.endsWith(passes)
          ? { passed: true, evidence: [] }
          : notPassed([finding('a prompt is missing', 'the answer held no table\n'.repeat(20))]);
      },
    },
    world,
  );
  const { client, request } = running;
  await running.start({ watchSeconds: 1 });
  const people = patientPeople(running);
  const ledger = await people.until(
    ({ outcome }) => outcome !== undefined,
    ({ candidates }) => {
      // Each fix is a commit of its own.
      world.model.head = candidates.length.toString(16).padStart(40, 'f');
      return true;
    },
  );
  const lengths = await Promise.all(
    [...runs].map(async (runId) => {
      const handle = client.workflow.getHandle(releaseId(request.package, request.version), runId);
      return (await handle.describe()).historyLength;
    }),
  );
  const size = JSON.stringify(ledger).length;
  console.info('row 45:', { events: lengths, ledger: size });
  expect(ledger.outcome).toMatchObject({ outcome: 'released' });
  expect(ledger.candidates.map(({ version }) => version)).toEqual(
    Array.from({ length: rehearsals }, (_, at) => `1.0.0.dev${String(at)}`),
  );
  expect(ledger.candidates.filter(({ fix }) => fix === 'in a test')).toHaveLength(rehearsals - 1);
  // Each candidate was approved and all but the last fixed; then come the merge and production.
  expect(people.sent).toHaveLength(2 * rehearsals + 1);
  const counted = new Set(ledger.messages.flatMap(({ id, counted: it }) => (it ? [id] : [])));
  expect(people.sent.filter(({ id }) => !counted.has(id))).toEqual([]);
  expect(lengths.length).toBeGreaterThan(1);
  expect(Math.max(...lengths)).toBeLessThan(5000);
  // A payload may have 2 MB, and each run begins with the ledger.
  expect(size).toBeLessThan(1_000_000);
});
