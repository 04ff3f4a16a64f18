import type { Settings } from '../config/settings.js';
import { inZone, stretches } from '../config/hours.js';
import type { UrgentActivities } from '../contract/activities.js';
import type { ArmingPart } from './yank/arming.js';
import type { PlannedShift } from '../contract/roster.js';
import { engineNow } from './support/engine-clock.js';

/** How far the publish window is looked for, in milliseconds: any that there is opens within a week and its summer time. */
const furthestWindow = 9 * 86_400_000;

/** What an upload waits for: its hours, and somebody or something that could take it back at once. */
export function createReadinessActivities(
  { settings }: { readonly settings: Settings },
  { ensureArmed }: ArmingPart,
): Pick<UrgentActivities, 'ensureReady'> {
  return {
    async ensureReady({ seconds, ...target }) {
      const arming = await ensureArmed(target);
      const now = new Date(engineNow());
      const opensAt = windowOpens(settings, now);
      const plan = planned(settings, now, new Date(now.getTime() + seconds * 1000));
      return { arming, plan, ...(opensAt === undefined ? {} : { opensAt }) };
    },
  };
}

/** When the publish window opens next; undefined while it is open. */
export function windowOpens({ publishWindow }: Settings, now: Date): string | undefined {
  if (publishWindow === undefined) return undefined;
  const [next] = stretches(publishWindow, now, new Date(now.getTime() + furthestWindow));
  return next === undefined || next.from <= now.toISOString() ? undefined : next.from;
}

/** Who can be asked between two moments, by the roster. */
function planned({ roster }: Settings, from: Date, until: Date): PlannedShift[] {
  return Object.entries(roster)
    .flatMap(([by, hours]) =>
      stretches(hours, from, until).map((stretch) => ({
        by,
        ...stretch,
        local: inZone(stretch, hours.zone),
      })),
    )
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}
