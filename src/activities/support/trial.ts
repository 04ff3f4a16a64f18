import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { PackageConfig } from '../../config/package-config.js';
import type { Installation } from '../../contract/activities.js';
import type { Finding } from '../../contract/verdict.js';
import { makeEnvironment, type PythonEnvironment } from './environment.js';
import { importFindings, type Stage } from './installed.js';
import { writeDotEnv, type Lent } from './lent.js';
import type { Python } from './pythons.js';
import { commandOf, runTests, type TestRun } from './test-run.js';
import type { Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

/** Tests in a folder of their own against our installed wheel, with what the service lends them. */
export interface Trial {
  /** What is tried, as people call it. */
  readonly what: string;
  readonly config: PackageConfig;
  readonly python: Python;
  readonly installation: Installation;
  readonly folder: string;
  readonly lent: Lent;
  readonly command: readonly string[];
  /** Installs our wheel and what the tests need; the sources are there only until then. */
  install(stage: Stage): Promise<readonly Finding[]>;
}

/** A run of tests, and the environment that it took place in. */
export interface Tried extends TestRun {
  readonly environment: PythonEnvironment;
}

/** Tries the wheel out: the sources are gone before the first test runs, so that only what is installed can be imported. */
export async function tryOut(
  bench: Workbench,
  place: Workplace,
  trial: Trial,
): Promise<Tried | { readonly findings: readonly Finding[]; readonly log?: undefined }> {
  const { what, config, installation, folder, lent } = trial;
  // Inside the folder that holds `.env`, because that is searched for upwards from site-packages too.
  const environment = await makeEnvironment(bench, place, path.join(folder, '.venv'), trial.python);
  const stage = { place, environment, config, installation };
  const refused = await trial.install(stage);
  await rm(place.at('checkout'), { recursive: true });
  const findings = refused.length > 0 ? refused : await importFindings(stage);
  if (findings.length > 0) return { findings };
  await writeDotEnv(folder, lent);
  const run = await runTests(bench, place, {
    what,
    command: commandOf(trial.command),
    cwd: folder,
    environment,
    variables: lent.variables,
    importName: config.importName,
    importedFrom: environment.folder,
    hide: Object.values(lent.secrets),
  });
  return { ...run, environment };
}
