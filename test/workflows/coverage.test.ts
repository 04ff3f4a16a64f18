import { expect, it } from 'vitest';

import type { StepId } from '../../src/contract/steps.js';
import type { Ledger } from '../../src/contract/state.js';
import { finding, notPassed } from '../../src/contract/verdict.js';
import { modelWorld, terms, type Activities } from './world.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';

const asked = ['branch', 'merge', 'production'] as const;

/** A service in a world with a coverage service. */
async function reporting(overrides: Partial<Activities> = {}): Promise<Running> {
  const world = modelWorld();
  world.model.terms = { ...terms, coverage: { name: 'Covered', repository: 'github/team/model' } };
  const running = await service(overrides, world);
  await running.start();
  return running;
}

/** A coverage service that shows nothing until it has been asked that many times. */
function silentFor(times: number, asks: boolean[] = []): Partial<Activities> {
  return {
    ensureCoverageReported: async ({ commit, anew }) =>
      asks.push(anew) > times
        ? { passed: true, evidence: [{ what: `shown ${commit}` }] }
        : notPassed([finding('Covered shows no report')]),
  };
}

function evidenceOf(ledger: Ledger, id: StepId): string[] {
  return ledger.steps.find((step) => step.id === id)?.evidence.map(({ what }) => what) ?? [];
}

it('holds what was measured of the approved commit and of the merge, each on its branch', async () => {
  const running = await reporting();
  const { subject } = gateOf(await running.until(waitsAt('branch')), 'branch');
  expect(subject).toContainEqual({ label: 'found', value: 'reported' });
  await approveAll(running, ...asked);
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  const ledger = await running.ledger();
  const { effects } = running.model;
  expect(effects.filter((effect) => effect.startsWith('report'))).toEqual([
    `report ${ledger.candidates[0]?.base ?? ''} of release/1.0.0 to Covered`,
    `report ${ledger.merges[0]?.commit ?? ''} of main to Covered`,
  ]);
  expect(effects[effects.indexOf('merge into main') + 1]).toContain('of main to Covered');
});

it('is waived by people for one commit, and the evidence says by whom', async () => {
  const running = await reporting(silentFor(Infinity));
  await approveAll(running, 'coverage', 'branch', 'merge', 'coverage', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  const ledger = await running.ledger();
  const waived = 'Covered shows no report: waived by grace (unverified)';
  expect(evidenceOf(ledger, '01-validate-branch')).toContain(waived);
  expect(evidenceOf(ledger, '08-merge-branch')).toContain(waived);
  const gates = ledger.gates.filter(({ id }) => id === 'coverage');
  expect(gates.map(({ subject }) => subject[0]?.value)).toEqual([
    ledger.candidates[0]?.base,
    ledger.merges[0]?.commit,
  ]);
  expect(gates[0]?.decisions).toMatchObject([{ kind: 'approve', by: 'grace' }]);
});

it('is asked of the service again after a retry, which sends what may have been lost', async () => {
  const asks: boolean[] = [];
  const running = await reporting(silentFor(2, asks));
  for (const again of [1, 2]) {
    await running.until(
      (ledger) =>
        ledger.gates.filter(({ id }) => id === 'coverage').length === again && waitsAt('coverage')(ledger),
    );
    expect(await answer(running, 'coverage', 'retry')).toMatchObject({ counted: true });
  }
  await approveAll(running, ...asked);
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect(asks).toEqual([false, true, true, false]);
  expect(evidenceOf(await running.ledger(), '01-validate-branch')).toContainEqual(saying('shown '));
});

it('that people reject leads to a fix, and nothing of that commit is approved', async () => {
  const running = await reporting(silentFor(1));
  await answer(running, 'coverage', 'reject');
  const ledger = await running.until(waitsAt('fix'));
  expect(gateOf(ledger, 'fix').subject[0]?.value).toMatch(
    /^grace rejected \w{12} without a report on Covered/,
  );
  expect(ledger.gates.some(({ id }) => id === 'branch')).toBe(false);
});

it('costs nothing and is called not configured where there is no service', async () => {
  const running = await service();
  await running.start();
  const ledger = await running.until(waitsAt('branch'));
  expect(evidenceOf(ledger, '01-validate-branch')).toContain('coverage service: not configured');
  expect(running.model.effects).toEqual([]);
});
