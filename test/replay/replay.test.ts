import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { beforeAll, expect, it } from 'vitest';

import { awaitOutcome, sendMessage } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import type { GateId } from '../../src/contract/gates.js';
import type { MessageKind } from '../../src/contract/messages.js';
import { openGates } from '../../src/contract/state.js';
import type { Measured } from '../../src/contract/probes.js';
import { finding, notPassed } from '../../src/contract/verdict.js';
import { runService } from '../workflows/model.js';
import { modelWorld, terms, type Activities } from '../workflows/world.js';

const folder = path.join(import.meta.dirname, 'histories');
const codePath = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url));

interface Scenario {
  readonly overrides: Partial<Activities>;
  readonly yank: boolean;
  /** What a probe of the index sees every second of the watch. */
  readonly probe?: Measured;
}

/** How each kept history came about; `SLIPWAY_RECORD_HISTORIES=1 npx vitest run test/replay` makes them anew. */
const scenarios: Readonly<Record<string, Scenario>> = {
  released: { overrides: {}, yank: false },
  'fix-loop': {
    overrides: {
      runMode: async ({ mode, manifest }) =>
        mode === 'anthropic' && manifest.version.endsWith('dev0')
          ? notPassed([finding('a prompt is missing')])
          : { passed: true, evidence: [] },
    },
    yank: false,
  },
  yanked: { overrides: {}, yank: true },
  probed: {
    overrides: {},
    yank: false,
    probe: { kind: 'failed', findings: [finding('a file is missing')] },
  },
};

beforeAll(async () => {
  if (process.env.SLIPWAY_RECORD_HISTORIES === undefined) return;
  for (const [name, scenario] of Object.entries(scenarios)) await record(name, scenario);
});

async function record(name: string, { overrides, yank, probe }: Scenario): Promise<void> {
  const world = modelWorld();
  if (probe !== undefined) {
    const numbers = { intervalSeconds: 1, delaySeconds: 1, failures: 1, unmeasured: 1, reportOnly: false };
    world.model.terms = { ...terms, probes: [{ ...numbers, name: 'index', work: { does: 'index' } }] };
    world.model.measure = async () => probe;
  }
  const running = await runService(overrides, world);
  const { client, request } = running;
  await running.start({ watchSeconds: yank ? 3600 : 3 });
  for (;;) {
    const ledger = await running.until(
      (now) => now.outcome !== undefined || openGates(now).length > 0 || (yank && now.watch !== undefined),
    );
    if (ledger.outcome !== undefined) break;
    const [gate] = openGates(ledger);
    if (gate?.id === 'fix') world.model.head = 'f'.repeat(40);
    if (gate === undefined) await sendMessage(client, request, 'yank', { by: 'grace', reason: 'bad' });
    else
      await sendMessage(client, request, answers[gate.id] ?? 'approve', {
        by: 'grace',
        gate: gate.id,
        digest: gate.digest,
      });
  }
  await awaitOutcome(client, request.package, request.version);
  const history = await client.workflow.getHandle(releaseId(request.package, request.version)).fetchHistory();
  writeFileSync(path.join(folder, `${name}.json`), historyToJSON(history));
  await running.close();
}

/** The answers to gates that are not approved. */
const answers: Partial<Record<GateId, MessageKind>> = { fix: 'fix', report: 'keep' };

/** A kept history, under the workflow id that it had: digests of what people approved contain it. */
function keptHistory(name: string): { workflowId: string; history: unknown } {
  const history = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as {
    events: { workflowExecutionStartedEventAttributes?: { workflowId: string } }[];
  };
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (workflowId === undefined) throw new Error(`${name} does not begin with the start of a workflow`);
  return { workflowId, history };
}

it('replays the kept history of every scenario without nondeterminism', async () => {
  const names = readdirSync(folder).sort();
  expect(names).toEqual(
    Object.keys(scenarios)
      .map((name) => `${name}.json`)
      .sort(),
  );
  const results: string[] = [];
  const replayed = Worker.runReplayHistories({ workflowBundle: { codePath } }, names.map(keptHistory));
  for await (const { error } of replayed) results.push(error?.message ?? 'replayed');
  expect(results).toEqual(names.map(() => 'replayed'));
});
