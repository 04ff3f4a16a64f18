import type { PackageConfig } from '../config/package-config.js';
import type { BuildActivities } from '../contract/activities.js';
import { fail, failBy, pass, refusalsOf, unknown, type Precondition } from '../contract/preconditions.js';
import type { Source } from '../contract/release.js';
import { pythonProblems } from './support/pythons.js';
import { openSource } from './support/source.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace } from './support/workplace.js';

/** What the build zone would need for a package and does not have; of secrets it names no value. */
export function createMissingActivities(bench: Workbench): Pick<BuildActivities, 'readMissing'> {
  return {
    async readMissing({ source }) {
      return { problems: refusalsOf(await packagePreconditions(bench, source)) };
    },
  };
}

/** What the build zone needs for a package, there or not; who only looks has no Python downloaded. */
export function packagePreconditions(
  bench: Workbench,
  source: Source,
  { isLook = false } = {},
): Promise<Precondition[]> {
  return inWorkplace(bench, async (place) => {
    const config = await openSource(bench, source, place.at('checkout'));
    const secrets = secretPreconditions(bench, config);
    if (isLook && bench.settings.pythonDownloads && config.pythons.length > 0)
      return [...secrets, unknown('machine', downloadsOf(config))];
    const pythons = await pythonProblems(bench, place, config);
    if (pythons.length === 0) return [...secrets, pass('machine', pythonsOf(config))];
    return [...secrets, ...pythons.map((problem) => failBy('machine', problem))];
  });
}

function downloadsOf({ pythons }: PackageConfig): string {
  return `Whether Python ${pythons.join(' and ')} can be had: uv downloads what is not there when the release is admitted, and not before`;
}

function pythonsOf({ name, pythons }: PackageConfig): string {
  return pythons.length === 0
    ? `${name} is tried on the service's own Python, which it allows`
    : `${name} is tried on Python ${pythons.join(' and ')}, and each of them is there`;
}

function secretPreconditions(bench: Workbench, config: PackageConfig): Precondition[] {
  const users = [...Object.values(config.modes), ...Object.values(config.applications)];
  const names = new Set(users.flatMap(({ secrets }) => secrets));
  return [...names].map((name) =>
    bench.secrets.has(name)
      ? pass('secrets', `The secret ${name}, which modes or applications are lent, is set`)
      : fail(
          'secrets',
          `The secret ${name} is missing`,
          `list it under build-secrets in slipway.toml and set ${name} (or ${name}_FILE) for the worker.`,
        ),
  );
}
