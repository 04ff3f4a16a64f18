import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { PackageConfig } from '../config/package-config.js';
import type { BuildActivities } from '../contract/activities.js';
import type { IndexAddress, Source } from '../contract/release.js';
import { finding, notPassed, type Finding, type Verdict } from '../contract/verdict.js';
import { coverageFindings, coverageInWords } from './support/coverage-verdict.js';
import { coverageCommand, dataFolder, readCoverage, type FileCoverage } from './support/coverage.js';
import {
  describeEnvironment,
  install,
  makeEnvironment,
  type PythonEnvironment,
} from './support/environment.js';
import { matcher } from './support/globs.js';
import { placeFindings } from './support/installed.js';
import { lend, type Lent } from './support/lent.js';
import { readTools } from './support/scripts.js';
import { listFiles, openSource } from './support/source.js';
import { count, runTests, type TestRun } from './support/test-run.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace, type Workplace } from './support/workplace.js';

/** Everything that the suites of one commit run in. */
interface Measuring {
  readonly place: Workplace;
  readonly config: PackageConfig;
  readonly environment: PythonEnvironment;
  readonly checkout: string;
  readonly lent: Lent;
  /** The Python files of the commit that must be covered. */
  readonly files: readonly string[];
}

/** The suites under coverage.py, in an editable install. */
export function createSuiteActivities(bench: Workbench): Pick<BuildActivities, 'checkSuites'> {
  return {
    async checkSuites(input) {
      return inWorkplace(bench, (place) => checkSuites(bench, place, input));
    },
  };
}

async function checkSuites(
  bench: Workbench,
  place: Workplace,
  { source, main }: { source: Source; main: IndexAddress },
): Promise<Verdict> {
  const checkout = place.at('checkout');
  const config = await openSource(bench, source, checkout);
  const files = (await listFiles(checkout)).filter((file) => isMeasured(file, config.source));
  const lent = lentToSuites(bench, config);
  const environment = await makeEnvironment(bench, place, place.at('environment'));
  const measuring: Measuring = { place, config, environment, checkout, lent, files };
  const refused = await installEditable(bench, measuring, main);
  if (refused !== undefined) return notPassed([refused]);
  const described = await describeEnvironment(place, environment, { ...config, package: config.name });
  const elsewhere = placeFindings(place, described, config.importName, checkout);
  if (elsewhere.length > 0) return notPassed(elsewhere);
  // Where a package's settings start pytest-cov, it would take the measuring away from coverage.py.
  const addopts = 'pytest-cov' in described.distributions ? '--no-cov' : '';
  const runs = new Map<string, TestRun>();
  for (const name of Object.keys(config.suites))
    runs.set(name, await runSuite(bench, measuring, name, addopts));
  const failed = [...runs.values()].flatMap(({ findings }) => findings);
  if (failed.length > 0) return notPassed(failed);
  return judgeCoverage(measuring, runs);
}

/** Tests may call what a mode calls: they run in the first mode, with the secrets of all. */
function lentToSuites(bench: Workbench, { modes }: PackageConfig): Lent {
  const all = Object.values(modes);
  const secrets = [...new Set(all.flatMap((mode) => mode.secrets))];
  return lend(bench, { environment: all[0]?.environment ?? {}, secrets });
}

function isMeasured(file: string, source: string): boolean {
  return file.startsWith(`${source}/`) && file.endsWith('.py') && path.basename(file) !== '__init__.py';
}

/** An editable install, because a package imported from site-packages measures nothing and still exits 0. */
async function installEditable(
  bench: Workbench,
  measuring: Measuring,
  main: IndexAddress,
): Promise<Finding | undefined> {
  const { place, config, environment, checkout } = measuring;
  const { versions } = await readTools(bench);
  return install(bench, place, environment, {
    args: ['--editable', checkout, ...config.testRequirements, `coverage[toml]==${versions.coverage ?? ''}`],
    index: main,
    cwd: checkout,
    constraints: config.constraints === undefined ? undefined : path.join(checkout, config.constraints),
  });
}

async function runSuite(
  bench: Workbench,
  measuring: Measuring,
  name: string,
  addopts: string,
): Promise<TestRun> {
  const { place, config, environment, checkout, lent } = measuring;
  await mkdir(dataFolder(place, name), { recursive: true });
  return runTests(bench, place, {
    what: `suite ${name}`,
    command: coverageCommand(
      environment.python,
      path.join(checkout, config.source),
      config.suites[name]?.command ?? [],
    ),
    cwd: checkout,
    environment,
    variables: {
      ...lent.variables,
      ...lent.secrets,
      PYTEST_ADDOPTS: [lent.variables.PYTEST_ADDOPTS ?? '', addopts].join(' ').trim(),
      COVERAGE_FILE: path.join(dataFolder(place, name), '.coverage'),
    },
    importName: config.importName,
    importedFrom: checkout,
    hide: Object.values(lent.secrets),
  });
}

async function judgeCoverage(measuring: Measuring, runs: ReadonlyMap<string, TestRun>): Promise<Verdict> {
  const { place, config, environment, checkout, files } = measuring;
  const read = (name: string, suites: readonly string[]) =>
    readCoverage(place, environment, {
      name,
      folders: suites.map((suite) => dataFolder(place, suite)),
      checkout,
      source: path.join(checkout, config.source),
    });
  const [union, ...each] = await Promise.all([
    read('union', [...runs.keys()]),
    ...[...runs].map(async ([name, { report, log }]) => {
      const { findings, words } = await declaredCoverage(measuring, name, () =>
        read(`suite-${name}`, [name]),
      );
      return { findings, evidence: { what: `${name}: ${count(report.tests, 'test')}${words}`, digest: log } };
    }),
  ]);
  const unseen = files.filter((file) => !union.some((seen) => seen.path === file));
  const findings = [
    ...each.flatMap((suite) => suite.findings),
    ...(config.minimumCoverage < 100
      ? []
      : unseen.map((file) => finding(`union of the suites: ${file} was not measured at all`))),
    ...coverageFindings('union of the suites', union, config.minimumCoverage),
  ];
  const evidence = [
    ...each.map((suite) => suite.evidence),
    { what: `union: ${unionInWords(union)}` },
    ...unseen.map((file) => ({ what: `not measured at all: ${file}` })),
    { what: 'Codecov: not configured' },
  ];
  return findings.length > 0 ? notPassed(findings, evidence) : { passed: true, evidence };
}

/** A suite's own coverage of the files that it is declared to cover. */
async function declaredCoverage(
  { config, files }: Measuring,
  name: string,
  read: () => Promise<FileCoverage[]>,
): Promise<{ findings: readonly Finding[]; words: string }> {
  const globs = config.suites[name]?.covers ?? [];
  if (globs.length === 0) return { findings: [], words: '' };
  const idle = globs.filter((glob) => !files.some(matcher(glob)));
  const declared = (await read()).filter((file) => globs.some((glob) => matcher(glob)(file.path)));
  return {
    findings: [
      ...idle.map((glob) =>
        finding(`suite ${name}: ${glob}, which it is declared to cover, is no file of ${config.source}`),
      ),
      ...coverageFindings(`suite ${name}`, declared, config.minimumCoverage),
    ],
    words: `, ${coverageInWords(declared)} of ${count(declared.length, 'declared file')}`,
  };
}

function unionInWords(union: readonly FileCoverage[]): string {
  const measured = union.reduce((sum, file) => sum + file.measured, 0);
  const excluded = union.reduce((sum, file) => sum + file.excluded, 0);
  const besides =
    excluded === 0 ? '' : ` (${count(excluded, 'line')} excluded by the package's configuration)`;
  return `${coverageInWords(union)} of ${count(measured, 'line')}${besides}`;
}
