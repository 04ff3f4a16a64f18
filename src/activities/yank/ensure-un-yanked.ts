import type { UrgentActivities } from '../../contract/activities.js';
import type { YankDriver } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import { proofOfUnYank } from '../package-index.js';
import { pause } from '../support/cancellation.js';
import type { Workbench } from '../support/workbench.js';
import type { Drivers, Yank, YankAct } from './driver.js';

const betweenReadsMilliseconds = 500;

/**
 * Takes a yank back: look, let the drivers act one after the other, for nobody is in a hurry, and believe nothing but the
 * index, which is read up to `proofReads` times after each act.
 */
export function createUnYankActivities(
  bench: Workbench,
  calls: Drivers,
  proofReads = 20,
): Pick<UrgentActivities, 'ensureUnYanked'> {
  return {
    async ensureUnYanked({ drivers, ...yank }) {
      const before = await proofOfUnYank(bench, yank.index, yank.subject);
      if (before !== undefined) return { proven: true, driver: 'somebody else', evidence: [before] };
      const evidence: Evidence[] = [];
      const toDo: string[] = [];
      // A person can always do the whole.
      for (const driver of new Set<YankDriver>([...drivers, 'person'])) {
        const act = (await calls[driver].unYank?.(yank)) ?? unable;
        evidence.push(...act.evidence);
        toDo.push(...act.toDo);
        const proven = act.acted ? await soonProof(bench, yank, proofReads) : undefined;
        if (proven !== undefined) return { proven: true, driver, evidence: [...evidence, proven] };
      }
      return { proven: false, toDo, evidence };
    },
  };
}

const unable: YankAct = { acted: false, evidence: [], toDo: [] };

async function soonProof(
  bench: Workbench,
  { index, subject }: Yank,
  times: number,
): Promise<Evidence | undefined> {
  for (let reads = 0; reads < times; reads++) {
    if (reads > 0) await pause(betweenReadsMilliseconds);
    // An index that cannot be read must not have the next driver act as if this one had failed for good.
    const proven = await proofOfUnYank(bench, index, subject).catch(() => undefined);
    if (proven !== undefined) return proven;
  }
  return undefined;
}
