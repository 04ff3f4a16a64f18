import { cp, rm } from 'node:fs/promises';
import path from 'node:path';

import type { PackageConfig } from '../config/package-config.js';
import type { BuildActivities, Installation } from '../contract/activities.js';
import { notPassed, type Verdict } from '../contract/verdict.js';
import { makeEnvironment } from './support/environment.js';
import { importFindings, installPackage } from './support/installed.js';
import { lend, writeDotEnv } from './support/lent.js';
import { configured, openSource, listFiles } from './support/source.js';
import { commandOf, inWords, runTests } from './support/test-run.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace, type Workplace } from './support/workplace.js';

/** Where pytest finds its settings and shared fixtures: the copied tests run with the same ones. */
const pytestFiles = [
  'conftest.py',
  'pytest.toml',
  'pytest.ini',
  '.pytest.ini',
  'pyproject.toml',
  'tox.ini',
  'setup.cfg',
];

/** The copied tests against the installed wheel, in one mode. */
export function createModeActivities(bench: Workbench): Pick<BuildActivities, 'runMode'> {
  return {
    async runMode({ mode, ...installation }) {
      return inWorkplace(bench, (place) => runMode(bench, place, installation, mode));
    },
  };
}

async function runMode(
  bench: Workbench,
  place: Workplace,
  installation: Installation,
  name: string,
): Promise<Verdict> {
  const config = await openSource(bench, installation.source, place.at('checkout'));
  const lent = lend(bench, configured(config.modes, name));
  const folder = place.at('clean');
  await copyTests(place.at('checkout'), config, folder);
  // Inside the folder that holds `.env`, because that is searched for upwards from site-packages too.
  const environment = await makeEnvironment(bench, place, path.join(folder, '.venv'));
  const stage = { place, environment, config, installation };
  const args = config.testRequirements;
  const refused = await installPackage(bench, stage, { args, cwd: place.at('checkout') });
  await rm(place.at('checkout'), { recursive: true });
  const wrong = refused.length > 0 ? refused : await importFindings(stage);
  if (wrong.length > 0) return notPassed(wrong);

  await writeDotEnv(folder, lent);
  const { findings, report, log } = await runTests(bench, place, {
    what: `mode ${name}`,
    command: commandOf(config.testCommand),
    cwd: folder,
    environment,
    variables: lent.variables,
    importName: config.importName,
    importedFrom: environment.folder,
    hide: Object.values(lent.secrets),
  });
  if (findings.length > 0) return notPassed(findings);
  const { package: subject, version } = installation.manifest;
  return {
    passed: true,
    evidence: [{ what: `mode ${name}: ${inWords(report)} against ${subject} ${version}`, digest: log }],
  };
}

async function copyTests(checkout: string, { tests }: PackageConfig, folder: string): Promise<void> {
  const top = new Set((await listFiles(checkout)).filter((file) => pytestFiles.includes(file)));
  for (const name of new Set([...tests, ...top])) {
    const to = path.join(folder, name);
    await cp(path.join(checkout, name), to, { recursive: true, verbatimSymlinks: true });
  }
}
