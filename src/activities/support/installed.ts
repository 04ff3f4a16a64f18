import type { PackageConfig } from '../../config/package-config.js';
import type { Installation } from '../../contract/activities.js';
import { finding, type Finding } from '../../contract/verdict.js';
import {
  describeEnvironment,
  install,
  type EnvironmentDescription,
  type PythonEnvironment,
} from './environment.js';
import { installOwnWheel } from './own-wheel.js';
import type { Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

/** An environment that shall hold exactly our wheel, for the tests of one package. */
export interface Stage {
  readonly place: Workplace;
  readonly environment: PythonEnvironment;
  readonly config: PackageConfig;
  readonly installation: Installation;
}

/** A requirement with the extras that the package is always installed with. */
export function withExtras(requirement: string, { extras }: PackageConfig): string {
  return extras.length === 0 ? requirement : `${requirement}[${extras.join(',')}]`;
}

/** Installs our wheel from where it comes from, and from main what it and the tests need beside it. */
export async function installPackage(
  bench: Workbench,
  { place, environment, config, installation }: Stage,
  { args, cwd }: { readonly args: readonly string[]; readonly cwd: string },
): Promise<Finding[]> {
  const { manifest, main } = installation;
  await installOwnWheel(bench, place, environment, installation);
  const refused = await install(bench, place, environment, {
    args: [`${withExtras(manifest.package, config)}==${manifest.version}`, ...args],
    index: main,
    cwd,
    constraints: config.constraints === undefined ? undefined : place.at('checkout', config.constraints),
  });
  return refused === undefined ? [] : [refused];
}

/** What is wrong with what the environment's Python imports under the package's name. */
export async function importFindings({
  place,
  environment,
  config,
  installation,
}: Stage): Promise<Finding[]> {
  const { package: name, version } = installation.manifest;
  const described = await describeEnvironment(place, environment, {
    package: name,
    importName: config.importName,
  });
  if (described.version !== version)
    return [finding(`${name} ${described.version ?? '(none)'} is installed instead of ${version}`)];
  return placeFindings(place, described, config.importName, environment.folder);
}

/** Why a package cannot be imported, and what to do where another one is missing. */
export function importTrouble(error: string): string {
  const missing = /No module named ['"]/.test(error);
  return missing
    ? `${error}: add what brings it to dependencies, or name the extra that does under extras in [tool.slipway]`
    : error;
}

/** What is wrong with where the package is imported from. */
export function placeFindings(
  place: Workplace,
  described: EnvironmentDescription,
  importName: string,
  folder: string,
): Finding[] {
  if (described.importError !== undefined)
    return [finding(`${importName} cannot be imported: ${importTrouble(described.importError)}`)];
  const found = described.place ?? '';
  if (found.startsWith(`${folder}/`)) return [];
  return [finding(`${importName} is imported from ${place.plain(found)} instead of ${place.plain(folder)}`)];
}
