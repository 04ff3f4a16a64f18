import type { UrgentActivities } from '../../contract/activities.js';
import type { YankAttempt } from '../../contract/yank-attempt.js';
import type { DirectYank } from '../../contract/direct-yank.js';
import type { YankDriver } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import { indexedFiles, proofOfYank, whyTakenBack } from '../package-index.js';
import { currentCancellation, limited, pause } from '../support/cancellation.js';
import type { Network } from '../support/network.js';
import type { Workbench } from '../support/workbench.js';
import type { Drivers, Yank } from './driver.js';
import { directly } from './note.js';
import { SideBySide } from './side-by-side.js';

const proofMilliseconds = 500;

/** A slow index must not keep the drivers back, nor people from being told what to do, in milliseconds. */
const longestLook = 2000;
const longestProof = 20_000;

/** How long a driver may take to tell what it did, once the index shows it, in milliseconds. */
const lastWords = 1000;

/**
 * The yank: look, let all drivers act side by side, and believe nothing but the index, which
 * is read twice a second all the while, and up to `proofReads` times after the last of them has ended.
 */
export function createYankActivities(
  bench: Workbench,
  drivers: Drivers,
  proofReads = 20,
): Pick<UrgentActivities, 'ensureYanked'> {
  return {
    ensureYanked: ({ drivers: wanted, ...yank }) => attemptYank(bench, drivers, wanted, yank, proofReads),
  };
}

async function attemptYank(
  bench: Workbench,
  drivers: Drivers,
  wanted: readonly YankDriver[],
  yank: Yank,
  proofReads: number,
): Promise<YankAttempt> {
  const before = await proof(bench, yank, longestLook);
  if (before !== undefined)
    return { proven: true, driver: 'somebody else', ...(await past(bench, yank)), evidence: [before] };
  const tries = new SideBySide(drivers, wanted, yank, bench.settings.yank.limitSeconds);
  const proven =
    (await proofMeanwhile(bench, yank, tries)) ?? (await proofAfter(bench, yank, tries, proofReads));
  if (proven !== undefined) {
    if (tries.actor === undefined) await limited(lastWords, () => tries.ended).catch(heedCancellation);
    const { author = 'somebody else', evidence } = tries;
    tries.stop();
    const direct = author === 'somebody else' ? await past(bench, yank) : {};
    return { proven: true, driver: author, ...direct, evidence: [...evidence, proven] };
  }
  const toDo = [...tries.toDo];
  // What a driver says only helps it: a person can always do the whole.
  if (!wanted.includes('person')) toDo.push(...(await drivers.person.yank(yank)).toDo);
  const acted = tries.author === undefined ? {} : { driver: tries.author };
  return { proven: false, ...acted, toDo, evidence: tries.evidence };
}

/** What the index shows while drivers are at it. */
async function proofMeanwhile(
  network: Network,
  yank: Yank,
  tries: SideBySide,
): Promise<Evidence | undefined> {
  const over = tries.ended.then(() => undefined);
  while (tries.isRunning()) {
    await Promise.race([pause(proofMilliseconds), over]);
    const looking = tries.isRunning() ? proof(network, yank, longestProof) : undefined;
    const proven = await Promise.race([looking, over]);
    if (proven !== undefined) return proven;
  }
  return undefined;
}

/** What the index shows after them, if one of them can have acted. */
async function proofAfter(
  network: Network,
  yank: Yank,
  { author }: SideBySide,
  times: number,
): Promise<Evidence | undefined> {
  const until = Date.now() + longestProof;
  for (let reads = 1; author !== undefined && reads <= times && Date.now() < until; reads++) {
    const proven = await proof(network, yank, until - Date.now());
    if (proven !== undefined) return proven;
    await pause(proofMilliseconds);
  }
  return undefined;
}

/** Who has yanked it past the release. */
async function past(bench: Workbench, { index, subject }: Yank): Promise<{ direct?: DirectYank }> {
  const files = await limited(longestLook, () => indexedFiles(bench, index, subject)).catch(() => []);
  heedCancellation();
  return directly(bench.store, subject, whyTakenBack(index, files));
}

/** An index that cannot be read must not keep a yank back. */
async function proof(
  network: Network,
  { index, subject }: Yank,
  milliseconds: number,
): Promise<Evidence | undefined> {
  try {
    return await limited(milliseconds, () => proofOfYank(network, index, subject));
  } catch {
    heedCancellation();
    return undefined;
  }
}

function heedCancellation(): void {
  currentCancellation()?.throwIfAborted();
}
