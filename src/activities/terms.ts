import type { BranchHead, IndexAddress, ReleaseRequest, Terms } from '../contract/release.js';
import { codecovName } from '../config/codecov.js';
import { isLoopback } from '../config/repository.js';
import type { PackageSetting, Settings } from '../config/settings.js';
import type { PublishActivities } from '../contract/activities.js';
import { refusalFor, troubleOf } from '../contract/failures.js';
import { lineOf, nameProblem, versionProblem } from '../contract/version.js';
import { finding, notPassed, type Finding } from '../contract/verdict.js';
import type { OpenForge } from './forge/forge.js';
import { probeProblems, probesOf } from './probes/terms.js';
import { publishedProblems } from './published-problems.js';
import { expiries, expiryLimits } from './secret-expiry.js';
import { workflowProblems } from './publisher/trusted-workflow.js';
import { forgeProblems, settledProblems } from './settled-problems.js';
import { mainIndex, resolveIndex } from './support/indexes.js';
import type { Workbench } from './support/workbench.js';

/** Judges a request against the service's own settings and what the production index already holds. */
export function createTermsActivities(
  bench: Workbench,
  { readBranch }: Pick<PublishActivities, 'readBranch'>,
  openForge: OpenForge,
): Pick<PublishActivities, 'readTerms'> {
  return {
    async readTerms({ request }) {
      // A start from the Web UI has not been through the client's checks.
      const malformed = [nameProblem(request.package), versionProblem(request.version)].flatMap(
        (problem) => problem ?? [],
      );
      if (malformed.length > 0) return { problems: malformed };
      const { packages } = bench.settings;
      const setting = Object.hasOwn(packages, request.package) ? packages[request.package] : undefined;
      if (setting === undefined) return { problems: [unknownPackage(request, bench.settings)] };
      const offline = settledProblems(bench, setting, request);
      const shut = forgeProblems(bench, setting);
      if (shut.length > 0) return { problems: [...shut, ...offline] };
      const terms = await termsOf(bench, openForge, setting, request);
      const unisolated = isolationProblems(request, [terms.test, terms.production]);
      // An index that nobody has accepted is not even read.
      const published =
        unisolated.length > 0 ? [] : await publishedProblems(bench, request, terms).catch(mendable);
      const verdict = await branchVerdict(readBranch, terms, request);
      const problems = [
        ...branchProblems(terms),
        ...offline,
        ...unisolated,
        ...published,
        ...(verdict.passed
          ? await headProblems(bench, openForge, terms, verdict.head).catch(mendable)
          : verdict.findings.map(sentence)),
      ];
      if (!verdict.passed || problems.length > 0) return { problems };
      return agree(terms, verdict.head, openForge);
    },
  };
}

/** What the branch lacks for the settings' probes, and what in the repository would upload other files, or not ours. */
async function headProblems(
  bench: Workbench,
  openForge: OpenForge,
  terms: Terms,
  head: BranchHead,
): Promise<string[]> {
  const { repository, base } = terms;
  const problems = [...probeProblems(terms, head), ...(await openForge(repository).readTraps(head.commit))];
  return bench.settings.production.publisher === 'trusted'
    ? [...problems, ...(await workflowProblems(bench, repository, base, head.commit))]
    : problems;
}

async function branchVerdict(
  readBranch: PublishActivities['readBranch'],
  { repository, branch, base }: Terms,
  { package: name, version }: ReleaseRequest,
): ReturnType<PublishActivities['readBranch']> {
  try {
    return await readBranch({ repository, branch, base, package: name, version });
  } catch (error) {
    return notPassed(mendable(error).map((problem) => finding(problem)));
  }
}

/** What a person has to mend, as a problem beside the others; anything else is tried again. */
function mendable(error: unknown): string[] {
  const trouble = troubleOf(error);
  if (trouble === undefined) throw error;
  return [refusalFor(trouble)];
}

function sentence({ title, detail }: Finding): string {
  return detail === undefined ? title : `${title}: ${detail}`;
}

async function termsOf(
  bench: Workbench,
  openForge: OpenForge,
  setting: PackageSetting,
  request: ReleaseRequest,
): Promise<Terms> {
  const { settings } = bench;
  const forge = openForge(setting.repository);
  const { probes, unable } = probesOf(settings, request, forge);
  const limits = [...limitsOf(settings, request), ...unable];
  return {
    repository: setting.repository,
    base: baseFor(setting, request.version),
    branch: request.branch ?? setting.branch.replaceAll('{version}', request.version),
    approvers: settings.approvers,
    quorum: settings.quorum,
    selfApproval: settings.selfApproval,
    watchSeconds: request.watchSeconds ?? settings.watchSeconds,
    probes,
    escalateSeconds: settings.escalateSeconds,
    expiries: expiries(settings),
    test: await resolveIndex(bench, settings.test),
    production: await resolveIndex(bench, settings.production),
    main: await mainIndex(bench),
    ...coverageOf(settings, setting),
    yankDrivers: settings.yank.drivers,
    lateFilesSeconds: settings.yank.lateFilesSeconds,
    ...(limits.length === 0 ? {} : { limits }),
    reviews: forge.reviews,
    afterYank: settings.afterYank,
    finalVersion: settings.finalVersion,
    historyEvents: settings.historyEvents,
    ...(settings.webUi === undefined ? {} : { webUi: settings.webUi }),
  };
}

/** Where the package's coverage is reported, if anywhere. */
function coverageOf(settings: Settings, setting: PackageSetting): Pick<Terms, 'coverage'> {
  const repository = settings.codecov === undefined ? 'none' : codecovName(setting);
  return repository === undefined || repository === 'none'
    ? {}
    : { coverage: { name: 'Codecov', repository } };
}

/** The branch that a version is merged into: that of the longest line that it belongs to, or the package's own. */
function baseFor({ base, lines }: PackageSetting, version: string): string {
  const line = lineOf(version, Object.keys(lines));
  return (line === undefined ? undefined : lines[line]) ?? base;
}

/** The terms with what people have to know of the forge; that it lets the service in is found out here. */
async function agree(
  terms: Terms,
  head: BranchHead,
  openForge: OpenForge,
): ReturnType<PublishActivities['readTerms']> {
  try {
    const ofForge = await openForge(terms.repository).readLimits();
    const limits = [...(terms.limits ?? []), ...ofForge];
    return { terms: { ...terms, ...(limits.length === 0 ? {} : { limits }) }, head };
  } catch (error) {
    return { problems: mendable(error) };
  }
}

/** What cannot be done with the settings' indexes: it is said before anything is done. */
function limitsOf(settings: Settings, request: ReleaseRequest): string[] {
  return [...removalLimits(settings), ...expiryLimits(settings, request)];
}

function removalLimits({ production, yank }: Settings): string[] {
  if (production.yanks !== false) return [];
  const who = yank.drivers.includes('command')
    ? 'the command of the settings removes'
    : 'a person has to remove';
  return [
    `${production.name} cannot yank: what is published there is installed until ${who} its files, and that is what a yank of this release will be.`,
  ];
}

function unknownPackage(request: ReleaseRequest, settings: Settings): string {
  const known = Object.keys(settings.packages).sort().join(', ');
  return `slipway.toml names no package ${request.package} (it names ${known === '' ? 'none' : known}): add [packages.${request.package}] with its repository, and restart the worker.`;
}

function branchProblems({ branch, base }: Terms): string[] {
  return branch === base
    ? [`${branch} cannot be released into itself: name a release branch with --branch, or in slipway.toml.`]
    : [];
}

function isolationProblems(request: ReleaseRequest, indexes: readonly IndexAddress[]): string[] {
  const real = indexes.filter((index) => !isLoopback(new URL(index.upload).hostname));
  if (real.length === 0 || request.acceptUnisolated) return [];
  const names = real.map((index) => index.name).join(' and ');
  return [
    `Builds and tests run beside the tokens of ${names} with no more than a process between them: start with --accept-unisolated if you trust the package's code and its dependencies that far.`,
  ];
}
