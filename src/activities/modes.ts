import { cp } from 'node:fs/promises';
import path from 'node:path';

import type { PackageConfig } from '../config/package-config.js';
import type { BuildActivities, Installation } from '../contract/activities.js';
import { notPassed, type Verdict } from '../contract/verdict.js';
import { onEveryPython, type Attempt } from './support/every-python.js';
import { installPackage } from './support/installed.js';
import { lend } from './support/lent.js';
import { configured, listFiles } from './support/source.js';
import { inNumbers, inWords } from './support/test-run.js';
import { tryOut } from './support/trial.js';
import { checkUse } from './support/use.js';
import type { Workbench } from './support/workbench.js';

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
      return onEveryPython(bench, installation.source, (attempt) =>
        runMode(bench, attempt, installation, mode),
      );
    },
  };
}

async function runMode(
  bench: Workbench,
  { place, config, python }: Attempt,
  installation: Installation,
  name: string,
): Promise<Verdict> {
  const mode = configured(config.modes, name);
  const lent = lend(bench, mode);
  const folder = place.at('clean');
  await copyTests(place.at('checkout'), config, folder);
  const run = await tryOut(bench, place, {
    what: `mode ${name}`,
    config,
    python,
    installation,
    folder,
    lent,
    command: config.testCommand,
    install: (stage) =>
      installPackage(bench, stage, { args: config.testRequirements, cwd: place.at('checkout') }),
  });
  if (run.log === undefined || run.findings.length > 0) return notPassed(run.findings);
  const { package: subject, version } = installation.manifest;
  const what = `mode ${name}: ${inWords(run.report)} against ${subject} ${version}`;
  const use = await checkUse(bench, place, { name, mode, lent, folder, environment: run.environment });
  const facts = [inNumbers(run.report, { of: 'mode', name, version })];
  const evidence = [{ what, digest: run.log, facts }, ...use.evidence];
  return use.findings.length > 0 ? notPassed(use.findings, evidence) : { passed: true, evidence };
}

async function copyTests(checkout: string, { tests }: PackageConfig, folder: string): Promise<void> {
  const top = new Set((await listFiles(checkout)).filter((file) => pytestFiles.includes(file)));
  for (const name of new Set([...tests, ...top])) {
    const to = path.join(folder, name);
    await cp(path.join(checkout, name), to, { recursive: true, verbatimSymlinks: true });
  }
}
