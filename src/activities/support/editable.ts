import path from 'node:path';

import type { PackageConfig } from '../../config/package-config.js';
import type { IndexAddress } from '../../contract/release.js';
import type { Finding } from '../../contract/verdict.js';
import { install, type PythonEnvironment } from './environment.js';
import { withExtras } from './installed.js';
import { toldVersion } from './python-build.js';
import { lockedRequirements } from './scripts.js';
import type { Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

/** A checkout that is to be measured, and the environment to measure it in. */
export interface Editable {
  readonly place: Workplace;
  readonly config: PackageConfig;
  readonly environment: PythonEnvironment;
  readonly checkout: string;
}

/** An editable install, because a package imported from site-packages measures nothing and still exits 0. */
export async function installEditable(
  bench: Workbench,
  { place, config, environment, checkout }: Editable,
  { main, version }: { readonly main: IndexAddress; readonly version: string },
): Promise<Finding | undefined> {
  const coverage = (await lockedRequirements('coverage')).map((line) =>
    line.replace('coverage', 'coverage[toml]'),
  );
  const editable = ['--editable', withExtras(checkout, config)];
  const beside = [...config.testRequirements, ...coverage];
  const wanted = {
    index: main,
    cwd: checkout,
    constraints: config.constraints === undefined ? undefined : path.join(checkout, config.constraints),
  };
  const variables = toldVersion(config, version);
  if (Object.keys(variables).length === 0)
    return install(bench, place, environment, { ...wanted, args: [...editable, ...beside] });
  // Alone, so that no other package that is built from its sources is told this version.
  const own = { ...wanted, args: ['--no-deps', ...editable], variables };
  return (
    (await install(bench, place, environment, own)) ??
    install(bench, place, environment, { ...wanted, args: [withExtras(config.name, config), ...beside] })
  );
}
