import type { BuildActivities } from '../contract/activities.js';
import { openSource } from './support/source.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace } from './support/workplace.js';

/** What the build zone can say about secrets without naming their values. */
export function createSecretActivities(bench: Workbench): Pick<BuildActivities, 'readMissingSecrets'> {
  return {
    async readMissingSecrets({ source }) {
      const config = await inWorkplace(bench, (place) => openSource(bench, source, place.at('checkout')));
      const users = [...Object.values(config.modes), ...Object.values(config.applications)];
      const names = new Set(users.flatMap(({ secrets }) => secrets));
      return { missing: [...names].filter((name) => !bench.secrets.has(name)) };
    },
  };
}
