import type { Subject, UrgentActivities, YankAttempt } from '../../contract/activities.js';
import type { YankDriver } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import { proofOfYank } from '../package-index.js';
import { pause } from '../support/cancellation.js';
import type { Network } from '../support/network.js';
import type { Workbench } from '../support/workbench.js';
import type { Drivers, Yank } from './driver.js';

const proofMilliseconds = 500;

/** A slow index must not keep people from being told what to do, in milliseconds. */
const longestProof = 20_000;

/**
 * The yank: end what could still upload, look, let the drivers act in their order, and believe nothing but the index,
 * which is read up to `proofReads` times, twice a second, after each act.
 */
export function createYankActivities(
  bench: Workbench,
  calls: Drivers,
  stopUploads: (subject: Subject) => Promise<readonly Evidence[]>,
  proofReads = 20,
): Pick<UrgentActivities, 'ensureYanked'> {
  return {
    async ensureYanked({ drivers, ...yank }): Promise<YankAttempt> {
      // A yank does not wait for whom it takes to end what could still upload.
      const [attempt, stopped] = await Promise.all([attemptYank(drivers, yank), stopUploads(yank.subject)]);
      return { ...attempt, evidence: [...stopped, ...attempt.evidence] };
    },
  };

  async function attemptYank(drivers: readonly YankDriver[], yank: Yank): Promise<YankAttempt> {
    const before = await proof(bench, yank);
    if (before !== undefined) return { proven: true, driver: 'somebody else', evidence: [before] };
    const evidence: Evidence[] = [];
    const toDo: string[] = [];
    for (const driver of drivers) {
      const act = await calls[driver].yank(yank);
      evidence.push(...act.evidence);
      toDo.push(...act.toDo);
      const proven = act.acted ? await soonProof(bench, yank, proofReads) : undefined;
      if (proven !== undefined) return { proven: true, driver, evidence: [...evidence, proven] };
    }
    // What a driver says only helps it: a person can always do the whole.
    if (!drivers.includes('person')) toDo.push(...(await calls.person.yank(yank)).toDo);
    return { proven: false, toDo, evidence };
  }
}

/** An index that cannot be read must not keep a yank back. */
async function proof(network: Network, { index, subject }: Yank): Promise<Evidence | undefined> {
  return proofOfYank(network, index, subject).catch(() => undefined);
}

async function soonProof(network: Network, yank: Yank, times: number): Promise<Evidence | undefined> {
  const began = Date.now();
  for (let reads = 1; reads <= times && Date.now() - began < longestProof; reads++) {
    const proven = await proof(network, yank);
    if (proven !== undefined) return proven;
    await pause(proofMilliseconds);
  }
  return undefined;
}
