import type { ConfigSummary, Digest } from '../contract/release.js';
import { digestOf } from '../contract/digest.js';
import { normaliseName, sortVersions } from '../contract/version.js';
import { findLayout, type Layout } from './package-layout.js';
import type { PackageTable } from './package-schema.js';
import { deepFreeze, problemLine } from './problems.js';
import { readPyproject, type Pyproject } from './pyproject.js';
import { suits } from './python-versions.js';
import { testRequirements } from './test-requirements.js';
import { checkVersionFiles, findVersionFiles, type RepositoryFiles } from './version-files.js';
import { versionVariable } from './version-variable.js';

/** A set of tests measured for coverage. */
export interface SuiteConfig {
  readonly command: readonly string[];
  /** Globs of the files that this suite alone must cover; empty where only the union counts. */
  readonly covers: readonly string[];
}

/** What tests are lent. */
export interface LoanConfig {
  readonly environment: Readonly<Record<string, string>>;
  /** Names of secrets. */
  readonly secrets: readonly string[];
}

/** A way in which the tests must pass. */
export interface ModeConfig extends LoanConfig {
  /** What the tests must be seen to call, by the names in the service's record of calls. */
  readonly calls: readonly string[];
  /** A command that fails unless the mode was really used; empty where there is none. */
  readonly probe: readonly string[];
}

/** A real-world project that uses the package. */
export interface ApplicationConfig extends LoanConfig {
  /** Folder of the application in the package's repository, or in its own. */
  readonly path: string;
  readonly repository?: string;
  /** Branch, tag or commit of the application's own repository. */
  readonly ref?: string;
  /** Arguments for `pip install`, relative to the folder. */
  readonly requirements: readonly string[];
  readonly command: readonly string[];
  /** pytest markers of which at least one test each must pass. */
  readonly mustRun: readonly string[];
}

/** `[tool.slipway]` of a package's pyproject.toml with every default filled in. */
export interface PackageConfig {
  readonly name: string;
  /** None where the version is told to the build by `versionVariable` alone. */
  readonly versionFiles: readonly string[];
  /** The environment variable that tells the build the version. */
  readonly versionVariable?: string;
  /** What is run in a checkout before anything is made of it. */
  readonly prepare?: { readonly command: readonly string[]; readonly requirements: readonly string[] };
  /** The folder or the one module whose lines are measured, such as `src` or the package's own folder. */
  readonly source: string;
  /** The import name, `a.b` for a namespace package. */
  readonly importName: string;
  readonly suites: Readonly<Record<string, SuiteConfig>>;
  /** In percent; 100 by default. */
  readonly minimumCoverage: number;
  readonly modes: Readonly<Record<string, ModeConfig>>;
  readonly applications: Readonly<Record<string, ApplicationConfig>>;
  /** Extras that are installed with the package. */
  readonly extras: readonly string[];
  /** What tests need of the repository: files and folders copied into the clean environment. */
  readonly tests: readonly string[];
  /** The tests' command in the clean environment. */
  readonly testCommand: readonly string[];
  readonly testRequirements: readonly string[];
  /** The Pythons that it is tried on, oldest first; none stands for the service's own. */
  readonly pythons: readonly string[];
  /** What the package itself says about Pythons, where it does so in pyproject.toml. */
  readonly requiresPython?: string;
  /** A constraints file for everything that is installed beside the package. */
  readonly constraints?: string;
  /** Where its changes are told; false where they are not, undefined where it is looked for. */
  readonly changelog?: string | false;
  /** The final version's tag, `{version}` filled in. */
  readonly tag: string;
}

/** The files of a repository at one commit, and the text of its pyproject.toml. */
export interface PackageFiles extends RepositoryFiles {
  readonly pyproject: string;
}

/** Reads `[tool.slipway]`, fills in every default, and returns everything that is wrong at once. */
export async function readPackageConfig(
  files: PackageFiles,
): Promise<{ config: PackageConfig; digest: Digest } | { problems: string[] }> {
  const read = readPyproject(files.pyproject);
  if (!('project' in read)) return read;
  const facts = await findFacts(files, read);
  const problems = [
    ...read.problems,
    ...factProblems(facts, read.wrong),
    ...missingPaths(files.list, read.slipway),
    ...pythonProblems(read),
  ];
  if (problems.length > 0) return { problems };
  const config = deepFreeze(configFrom(read, facts as Facts));
  return { config, digest: digestOf(config) };
}

/** What the files say where `[tool.slipway]` may be silent. */
interface Facts {
  readonly 'import-name': Layout;
  readonly 'version-files': readonly string[];
  readonly 'test-requirements': readonly string[];
  readonly tests: readonly string[];
}

/** The facts, or for each that cannot be had a text that says why. */
type FactsOrProblems = { readonly [K in keyof Facts]: Facts[K] | string };

async function findFacts(files: RepositoryFiles, read: Pyproject): Promise<FactsOrProblems> {
  const { project, raw, slipway } = read;
  const layout = findLayout(files.list, project.name, {
    source: slipway.source,
    importName: slipway['import-name'],
  });
  const named = slipway['version-files'];
  const from = {
    name: project.name,
    groups: raw['dependency-groups'],
    extras: project['optional-dependencies'],
  };
  return {
    'import-name': layout,
    'version-files':
      named === undefined
        ? await findVersionFiles(files, read, typeof layout === 'string' ? undefined : layout)
        : await checkVersionFiles(files, named),
    'test-requirements': slipway['test-requirements'] ?? testRequirements(from),
    tests:
      slipway.tests ?? findTests(files.list, typeof layout === 'string' ? project.name : layout.importName),
  };
}

function findTests(list: readonly string[], importName: string): string[] | string {
  const folder = ['tests', 'test', 'testing'].find((candidate) => isThere(list, candidate));
  if (folder !== undefined) return [folder];
  const modules = list.filter((file) => /^test_\w+\.py$/.test(file));
  if (modules.length > 0) return modules;
  const inside = list.find((file) => /\/tests?\/\w*test\w*\.py$/.test(file));
  const remedy =
    inside === undefined
      ? 'name what the tests need, such as ["checks"]'
      : `where they are part of the package, as ${inside} seems to be, write tests = [] and test-command = ["pytest", "--pyargs", "${importName}"]`;
  return `there is no folder tests/ and no test_*.py beside pyproject.toml: ${remedy}`;
}

function factProblems(facts: FactsOrProblems, wrong: readonly string[]): string[] {
  return Object.entries(facts).flatMap(([key, fact]) =>
    typeof fact === 'string' && !wrong.includes(key) ? [problemAt([key], fact)] : [],
  );
}

/** Everything that the configuration names and the repository does not hold. */
function missingPaths(list: readonly string[], slipway: PackageTable): string[] {
  const named: [key: string[], path: string | undefined][] = [
    [['source'], slipway.source],
    [['constraints'], slipway.constraints],
    [['changelog'], slipway.changelog === false ? undefined : slipway.changelog],
    ...(slipway.tests ?? []).map((path): [string[], string] => [['tests'], path]),
    ...Object.entries(slipway.applications).map(
      ([name, { path, repository }]): [string[], string | undefined] => [
        ['applications', name, 'path'],
        repository === undefined ? path : undefined,
      ],
    ),
  ];
  return named.flatMap(([key, path]) =>
    path === undefined || isThere(list, path)
      ? []
      : [problemAt(key, `${path} is not in the repository: name what is`)],
  );
}

function pythonProblems({ project, slipway: { pythons = [] } }: Pyproject): string[] {
  const { 'requires-python': requires } = project;
  if (requires === undefined) return [];
  return pythons
    .filter((python) => !suits(python, requires))
    .map((python) =>
      problemAt(
        ['pythons'],
        `Python ${python} is outside requires-python, which is ${requires}: take it out, or change requires-python`,
      ),
    );
}

function isThere(list: readonly string[], path: string): boolean {
  const plain = path.replace(/^(\.\/)+|\/+$/g, '');
  return plain === '.' || plain === '' || list.some((file) => file === plain || file.startsWith(`${plain}/`));
}

function problemAt(key: readonly string[], message: string): string {
  return problemLine('pyproject.toml', ['tool', 'slipway', ...key], message);
}

function configFrom(read: Pyproject, facts: Facts): PackageConfig {
  const { project, slipway } = read;
  const variable = versionVariable(read);
  return {
    name: normaliseName(project.name),
    versionFiles: facts['version-files'],
    ...(variable === undefined ? {} : { versionVariable: variable }),
    ...(slipway.prepare === undefined
      ? {}
      : { prepare: { command: slipway.prepare, requirements: slipway['prepare-requirements'] } }),
    source: facts['import-name'].source,
    importName: facts['import-name'].importName,
    suites: slipway.suites,
    minimumCoverage: slipway['minimum-coverage'],
    modes: slipway.modes,
    applications: Object.fromEntries(
      Object.entries(slipway.applications).map(
        ([name, { 'must-run': mustRun, path = '.', repository, ref, ...rest }]) => [
          name,
          {
            ...rest,
            path,
            mustRun,
            ...(repository === undefined ? {} : { repository }),
            ...(ref === undefined ? {} : { ref }),
          },
        ],
      ),
    ),
    extras: slipway.extras,
    tests: facts.tests,
    testCommand: slipway['test-command'],
    testRequirements: facts['test-requirements'],
    pythons: sortVersions(slipway.pythons ?? []),
    ...(project['requires-python'] === undefined ? {} : { requiresPython: project['requires-python'] }),
    ...(slipway.constraints === undefined ? {} : { constraints: slipway.constraints }),
    ...(slipway.changelog === undefined ? {} : { changelog: slipway.changelog }),
    tag: slipway.tag,
  };
}

/** What of a configuration the procedure has to know for the release of one version. */
export function summarise(config: PackageConfig, digest: Digest, version: string): ConfigSummary {
  return {
    digest,
    suites: Object.keys(config.suites),
    modes: Object.keys(config.modes),
    applications: Object.keys(config.applications),
    minimumCoverage: config.minimumCoverage,
    tag: config.tag.replaceAll('{version}', version),
  };
}
