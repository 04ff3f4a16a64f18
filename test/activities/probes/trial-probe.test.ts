import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';

import { createTrialProbe } from '../../../src/activities/probes/trial-probe.js';
import { pause } from '../../../src/activities/support/cancellation.js';
import type { BuildActivities, Installation } from '../../../src/contract/activities.js';
import {
  newProbeRecord,
  type Probe,
  type ProbeAnswer,
  type ProbeWork,
} from '../../../src/contract/probes.js';
import { finding, notPassed, type Verdict } from '../../../src/contract/verdict.js';

const address = { name: 'pypi', upload: 'http://127.0.0.1:9/', simple: 'http://127.0.0.1:9/' };
const installation: Installation = {
  manifest: { package: 'fx-demo', version: '1.0.0', commit: 'a'.repeat(40), files: [], toolchain: 't' },
  source: { repository: '/srv', commit: 'a'.repeat(40), config: 'c', version: '1.0.0' },
  origin: { index: address },
  main: address,
};

/** One attempt of a probe that is due, where every trial tells its name and ends as `verdict` does. */
function attempt(work: ProbeWork, verdict: (trial: string) => Promise<Verdict>) {
  const trials = {
    checkInstallation: ({ pinned }) => verdict(`installation, ${pinned ? 'pinned' : 'unpinned'}`),
    runMode: ({ mode }) => verdict(`mode ${mode}`),
    runApplication: ({ application }) => verdict(`application ${application}`),
  } satisfies Partial<BuildActivities>;
  const probe: Probe = {
    ...{ name: 'trial', work, intervalSeconds: 60, delaySeconds: 1 },
    ...{ failures: 1, unmeasured: 1, reportOnly: false },
  };
  const now = Date.now();
  const { tally } = newProbeRecord(probe, new Date(now - 10_000).toISOString());
  const round = { probe, tally, known: [], until: new Date(now + 10_000).toISOString(), installation };
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const { awaitTrialProbe } = createTrialProbe(trials);
  const ended: Promise<ProbeAnswer> = environment.run(awaitTrialProbe, round);
  return { environment, ended };
}

test.each([
  [{ does: 'install' }, 'installation, unpinned'],
  [{ does: 'mode', mode: 'openai' }, 'mode openai'],
  [{ does: 'application', application: 'chatbot' }, 'application chatbot'],
] as const)('tries out what %j names', async (work, what) => {
  const { ended } = attempt(work, async (trial) => ({ passed: true, evidence: [{ what: trial }] }));
  expect(await ended).toMatchObject({ tally: { runs: 1, failed: 0, last: { what } } });
});

test('tells findings with their logs, and counts what breaks on the way as no measurement', async () => {
  const failed = attempt({ does: 'install' }, async () =>
    notPassed([finding('it is broken', 'tail', 'log')]),
  );
  expect((await failed.ended).news).toEqual({
    kind: 'failed',
    findings: [{ title: 'it is broken', log: 'log' }],
  });
  const broken = attempt({ does: 'install' }, async () => {
    throw new Error('the disk is full');
  });
  expect((await broken.ended).news).toEqual({ kind: 'unmeasured', why: 'the disk is full' });
});

test('hands its counters back when it is cut off', async () => {
  const { environment, ended } = attempt({ does: 'install' }, async () => {
    await pause(60_000);
    throw new Error('it was not cut off');
  });
  environment.cancel('CANCELLED');
  await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
  await expect(ended).rejects.toMatchObject({ details: [{ runs: 0 }] });
});
