import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { PackageConfig } from '../config/package-config.js';
import type { BuildActivities, MeasuredCoverage } from '../contract/activities.js';
import type { Digest, IndexAddress, Source } from '../contract/release.js';
import { finding, notPassed, type Evidence, type Finding, type Verdict } from '../contract/verdict.js';
import { coverageTable } from './support/coverage-table.js';
import {
  coverageFindings,
  suiteInNumbers,
  suiteInWords,
  totals,
  unionInNumbers,
  unionInWords,
} from './support/coverage-verdict.js';
import {
  coverageCommand,
  dataFolder,
  htmlReport,
  readCoverage,
  xmlReport,
  type FileCoverage,
} from './support/coverage.js';
import { installEditable, type Editable } from './support/editable.js';
import { describeEnvironment, makeEnvironment } from './support/environment.js';
import { named } from './support/every-python.js';
import { matcher } from './support/globs.js';
import { placeFindings } from './support/installed.js';
import { lend, type Lent } from './support/lent.js';
import { findPythons } from './support/pythons.js';
import { prepareSource } from './support/prepare.js';
import { listFiles, openSource } from './support/source.js';
import { inNumbers, inWords, runTests, type TestRun } from './support/test-run.js';
import { count } from './support/wording.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace, type Workplace } from './support/workplace.js';

/** Everything that the suites of one commit run in, on one Python. */
interface Measuring extends Editable {
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
): ReturnType<BuildActivities['checkSuites']> {
  const checkout = place.at('checkout');
  const config = await openSource(bench, source, checkout);
  const files = (await listFiles(checkout)).filter((file) => isMeasured(file, config.source));
  if (files.length === 0 && config.minimumCoverage > 0) return notPassed([nothingToMeasure(config)]);
  const unprepared = await prepareSource(bench, place, config, checkout);
  if (unprepared !== undefined) return notPassed([unprepared]);
  const lent = lentToSuites(bench, config);
  const ran: { measuring: Measuring; verdict: Awaited<ReturnType<typeof runSuites>> }[] = [];
  for (const [at, python] of (await findPythons(bench, place, config)).entries()) {
    const environment = await makeEnvironment(bench, place, place.at(`environment-${String(at)}`), python);
    const measuring: Measuring = { place, config, environment, checkout, lent, files };
    ran.push({
      measuring,
      verdict: named(python, await runSuites(bench, measuring, { main, version: source.version })),
    });
  }
  const findings = ran.flatMap(({ verdict }) => (verdict.passed ? [] : verdict.findings));
  // Of several Pythons only the newest can read what is written for any of them.
  const newest = ran.at(-1);
  if (findings.length > 0 || newest?.verdict.passed !== true) return notPassed(findings);
  const judged = await judgeCoverage(bench, newest.measuring, newest.verdict.runs);
  const before = ran.length === 1 ? [] : ran.flatMap(({ verdict }) => verdict.evidence);
  return { ...judged, evidence: [...before, ...judged.evidence] };
}

/** Every suite on one Python. */
async function runSuites(
  bench: Workbench,
  measuring: Measuring,
  from: { readonly main: IndexAddress; readonly version: string },
): Promise<Verdict<{ runs: ReadonlyMap<string, TestRun> }>> {
  const { place, config, environment, checkout } = measuring;
  const refused = await installEditable(bench, measuring, from);
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
  const evidence = [...runs].map(([name, { report, log }]) => ({
    what: `suite ${name}: ${inWords(report)}`,
    digest: log,
    facts: [inNumbers(report, { of: 'suite', name })],
  }));
  return { passed: true, evidence, runs };
}

/** Tests may call what a mode calls: they run in the first mode, with the secrets of all. */
function lentToSuites(bench: Workbench, { modes }: PackageConfig): Lent {
  const all = Object.values(modes);
  const secrets = [...new Set(all.flatMap((mode) => mode.secrets))];
  return lend(bench, { environment: all[0]?.environment ?? {}, secrets });
}

function isMeasured(file: string, source: string): boolean {
  const inside = file === source || file.startsWith(`${source}/`);
  return inside && file.endsWith('.py') && path.basename(file) !== '__init__.py';
}

function nothingToMeasure({ source }: PackageConfig): Finding {
  return finding(
    `${source} holds no Python file but __init__.py, and the lines of those do not count, so nothing would be measured: move the code into a module, or set minimum-coverage = 0, which every card will show`,
  );
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
      COVERAGE_FILE: path.join(dataFolder(place, name), `.coverage-${path.basename(environment.folder)}`),
    },
    importName: config.importName,
    importedFrom: checkout,
    hide: Object.values(lent.secrets),
  });
}

/** What one suite measured, and what of it lies in the files that it must cover. */
interface MeasuredSuite {
  readonly name: string;
  readonly measured: readonly FileCoverage[];
  readonly declared: readonly FileCoverage[] | undefined;
  readonly evidence: Evidence;
  readonly xml: string | undefined;
}

async function measure(
  { place, config, environment, checkout, files }: Measuring,
  runs: ReadonlyMap<string, TestRun>,
) {
  const source = path.join(checkout, config.source);
  const read = (name: string, suites: readonly string[]) =>
    readCoverage(place, environment, {
      name,
      folders: suites.map((suite) => dataFolder(place, suite)),
      checkout,
      source,
    });
  const [{ files: all, data }, ...suites] = await Promise.all([
    read('union', [...runs.keys()]),
    ...[...runs].map(async ([name, { report, log }]): Promise<MeasuredSuite> => {
      const { files: measured, data: own } = await read(`suite-${name}`, [name]);
      const xml =
        own === undefined ? undefined : await xmlReport(place, environment, { data: own, checkout, source });
      const declared = declaredOf(config, name, measured);
      const what = `${name}: ${count(report.tests, 'test')}, ${suiteInWords(measured, declared)}`;
      const facts = [inNumbers(report, { of: 'suite', name }), suiteInNumbers(name, measured, declared)];
      return { name, measured, declared, evidence: { what, digest: log, facts }, xml };
    }),
  ]);
  const html =
    data === undefined ? undefined : await htmlReport(place, environment, { data, checkout, source });
  // What a build makes, such as a module with the version, is nobody's to test.
  return { union: all.filter((file) => files.includes(file.path)), suites, html };
}

/** Judges what the suites covered on all Pythons together, since some lines are there for one of them only. */
async function judgeCoverage(
  bench: Workbench,
  measuring: Measuring,
  runs: ReadonlyMap<string, TestRun>,
): ReturnType<BuildActivities['checkSuites']> {
  const { minimumCoverage, pythons } = measuring.config;
  const { union, suites, html } = await measure(measuring, runs);
  const unseen = measuring.files.filter((file) => !union.some((seen) => seen.path === file));
  const over = pythons.length > 1 ? ` over Python ${pythons.join(' and ')}` : '';
  const all = { title: `union${over}: ${unionInWords(union)}`, measured: union, declared: union };
  const each = suites.map(({ evidence, ...suite }) => ({ ...suite, title: `suite ${evidence.what}` }));
  const table = await bench.store.put(coverageTable([...each, all], unseen));
  const findings = [
    ...suites.flatMap(({ name, declared }) => suiteFindings(measuring, name, declared, table)),
    ...(minimumCoverage < 100
      ? []
      : unseen.map((file) => finding(`union of the suites: ${file} was not measured at all`))),
    ...coverageFindings('union of the suites', union, minimumCoverage, table),
  ];
  const evidence = [
    ...suites.map((suite) => suite.evidence),
    { what: all.title, digest: table, facts: [unionInNumbers(union)] },
    ...(minimumCoverage === 100
      ? []
      : [{ what: `the package demands only ${String(minimumCoverage)} % coverage` }]),
    ...(html === undefined ? [] : [{ what: 'coverage as HTML (zip)', digest: await bench.store.put(html) }]),
    ...unseen.map((file) => ({ what: `not measured at all: ${file}` })),
  ];
  if (findings.length > 0) return notPassed(findings, evidence);
  return { passed: true, evidence, coverage: await keepCoverage(bench, union, suites) };
}

/** Keeps what each suite measured, for a zone that runs no project code to report it. */
async function keepCoverage(
  bench: Workbench,
  union: readonly FileCoverage[],
  suites: readonly MeasuredSuite[],
): Promise<MeasuredCoverage> {
  const { lines, missing } = totals(union);
  const reports = suites.map(async ({ name, xml }) =>
    xml === undefined ? [] : [{ suite: name, digest: await bench.store.put(xml) }],
  );
  return { lines, covered: lines - missing, reports: (await Promise.all(reports)).flat() };
}

/** What a suite is declared to cover of what it measured; undefined where only the union counts. */
function declaredOf(
  { suites }: PackageConfig,
  name: string,
  measured: readonly FileCoverage[],
): readonly FileCoverage[] | undefined {
  const globs = suites[name]?.covers ?? [];
  if (globs.length === 0) return undefined;
  return measured.filter((file) => globs.some((glob) => matcher(glob)(file.path)));
}

/** What is wrong with a suite's own coverage of the files that it is declared to cover. */
function suiteFindings(
  { config, files }: Measuring,
  name: string,
  declared: readonly FileCoverage[] | undefined,
  table: Digest,
): Finding[] {
  if (declared === undefined) return [];
  const idle = (config.suites[name]?.covers ?? []).filter((glob) => !files.some(matcher(glob)));
  return [
    ...idle.map((glob) =>
      finding(`suite ${name}: ${glob}, which it is declared to cover, is no file of ${config.source}`),
    ),
    ...coverageFindings(`suite ${name}`, declared, config.minimumCoverage, table),
  ];
}
