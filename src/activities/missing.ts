import type { PackageConfig } from '../config/package-config.js';
import type { BuildActivities } from '../contract/activities.js';
import { pythonProblems } from './support/pythons.js';
import { openSource } from './support/source.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace } from './support/workplace.js';

/** What the build zone would need for a package and does not have; of secrets it names no value. */
export function createMissingActivities(bench: Workbench): Pick<BuildActivities, 'readMissing'> {
  return {
    async readMissing({ source }) {
      return inWorkplace(bench, async (place) => {
        const config = await openSource(bench, source, place.at('checkout'));
        return {
          problems: [...secretProblems(bench, config), ...(await pythonProblems(bench, place, config))],
        };
      });
    },
  };
}

function secretProblems(bench: Workbench, config: PackageConfig): string[] {
  const users = [...Object.values(config.modes), ...Object.values(config.applications)];
  const names = new Set(users.flatMap(({ secrets }) => secrets));
  return [...names]
    .filter((name) => !bench.secrets.has(name))
    .map(
      (name) =>
        `The secret ${name} is missing: list it under build-secrets in slipway.toml and set ${name} (or ${name}_FILE) for the worker.`,
    );
}
