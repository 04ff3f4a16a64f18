import type { UrgentActivities } from '../../contract/activities.js';
import type { Arming } from '../../contract/yank-attempt.js';
import { notYet } from '../../contract/failures.js';
import type { YankDriver } from '../../contract/release.js';
import { currentCancellation, limited } from '../support/cancellation.js';
import { recall, remember } from '../support/memory.js';
import type { Drivers, DriverArming, Target } from './driver.js';

/** How often sessions are kept warm; a site asks for the password again every half hour. */
const warmSeconds = 600;

/** How soon and how often in a row it is looked again while it is unclear whether a driver is armed. */
const unclearSeconds = 60;
const mostUnclear = 5;

/** A driver that hangs must not keep the others' answers back. */
const longestMilliseconds = 20_000;

/** What readiness for an upload is made of. */
export interface ArmingPart {
  /** Tries every driver dry: whether it could yank now. */
  readonly ensureArmed: (input: Target & { readonly drivers: readonly YankDriver[] }) => Promise<Arming>;
}

/** Whether and for how long the drivers could yank. */
export function createArmingActivities(
  drivers: Drivers,
): ArmingPart & Pick<UrgentActivities, 'awaitDisarmed'> {
  return {
    async ensureArmed({ drivers: wanted, ...target }) {
      return armingOf(await armAll(drivers, wanted, target));
    },

    async awaitDisarmed({ drivers: wanted, ...target }) {
      const tried = await armAll(drivers, wanted, target);
      const arming = armingOf(tried);
      if (arming.armed.length > 0) {
        remember(0);
        throw notYet(`ready to yank: ${arming.armed.map(({ driver }) => driver).join(', ')}`, warmSeconds);
      }
      const unclear = (recall<number>() ?? 0) + 1;
      const passing = tried.some(({ readiness }) => readiness.state === 'unclear');
      if (!passing || unclear >= mostUnclear) return arming;
      remember(unclear);
      throw notYet(arming.evidence.map(({ what }) => what).join('; '), unclearSeconds);
    },
  };
}

interface Tried {
  readonly driver: YankDriver;
  readonly readiness: DriverArming;
}

function armAll(drivers: Drivers, wanted: readonly YankDriver[], target: Target): Promise<Tried[]> {
  return Promise.all(
    wanted.map(async (driver) => ({ driver, readiness: await tryDry(drivers, driver, target) })),
  );
}

async function tryDry(drivers: Drivers, driver: YankDriver, target: Target): Promise<DriverArming> {
  try {
    return await limited(longestMilliseconds, () => drivers[driver].arm(target));
  } catch (error) {
    currentCancellation()?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return {
      state: 'unclear',
      evidence: [{ what: `whether the driver ${driver} could yank is unclear: ${why}` }],
      toDo: [],
    };
  }
}

function armingOf(tried: readonly Tried[]): Arming {
  const armed = tried.filter(({ readiness }) => readiness.state === 'armed');
  return {
    armed: armed.map(({ driver, readiness: { until } }) => ({
      driver,
      ...(until === undefined ? {} : { until }),
    })),
    evidence: tried.flatMap(({ readiness }) => readiness.evidence),
    toDo: tried.flatMap(({ readiness }) => readiness.toDo),
  };
}
