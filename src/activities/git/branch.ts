import { configChanges } from '../../config/config-changes.js';
import { summarise, type PackageConfig } from '../../config/package-config.js';
import type { PublishActivities } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import { failure } from '../../contract/failures.js';
import type { Sha, Source } from '../../contract/release.js';
import { normaliseVersion } from '../../contract/version.js';
import { finding, notPassed, type Finding } from '../../contract/verdict.js';
import { freshMirror, hasCommit, isAncestor, type Mirror } from '../support/git/mirror.js';
import { branchRef, tagRef } from '../support/git/names.js';
import { listRefs, readLog, readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';
import { changelogOf } from './changelog.js';
import { lostAgain } from './not-again.js';
import { packageAt, readConfigAt, readVersions, type PackageAt } from './package-at.js';

type Input = Parameters<PublishActivities['readBranch']>[0];

/** The branch's head with its configuration, or a finding for everything that keeps it from being released. */
export async function readBranch(
  bench: Workbench,
  input: Input,
): ReturnType<PublishActivities['readBranch']> {
  const mirror = await freshMirror(bench, input.repository);
  const commit = await readRef(mirror, branchRef(input.branch));
  if (commit === undefined) throw await unknownBranch(mirror, input);
  const at = await packageAt(mirror, commit);
  const found = await readConfigAt(at);
  if ('problems' in found)
    return notPassed([...submoduleFindings(at), ...found.problems.map((problem) => finding(problem))]);
  const { config, digest } = found;
  const summary = summarise(config, digest, input.version);
  const versions = await readVersions(at, config);
  const findings = [
    ...submoduleFindings(at),
    ...nameFindings(config, input),
    ...coverageFindings(config, bench.settings.leastCoverage),
    ...versionFindings(versions),
    ...(await tagFindings(mirror, summary.tag)),
    ...(await baseFindings(mirror, input, commit)),
  ];
  if (findings.length > 0) return notPassed(findings);
  return {
    passed: true,
    evidence: [{ what: `${input.branch} stands at ${commit}` }, versionEvidence(config, versions)],
    head: {
      commit,
      config: summary,
      configChanges: await changesSince(mirror, input.previous, config),
      ...(input.previous === undefined
        ? {}
        : { commits: await commitsSince(mirror, input.previous, commit) }),
      ...(await changelogOf(at, config, input.version)),
    },
  };
}

async function unknownBranch(mirror: Mirror, { repository, branch }: Input): Promise<Error> {
  const branches = (await listRefs(mirror, 'refs/heads/')).map((ref) => ref.slice('refs/heads/'.length));
  const shown = branches.length > 20 ? [...branches.slice(0, 20), '…'] : branches;
  return failure('operator', {
    now: `${repository} has the branches ${shown.join(', ') || '(none)'}.`,
    not: `It has no branch ${branch}.`,
    next: `Push ${branch} and send \`retry\`; or name the right one with --branch.`,
  });
}

function submoduleFindings({ entries }: PackageAt): Finding[] {
  const paths = entries
    .filter(({ mode, path }) => mode === '160000' || path === '.gitmodules')
    .map(({ path }) => path);
  if (paths.length === 0) return [];
  return [
    finding(
      'The repository has submodules, which are never fetched: put their files into it',
      paths.join('\n'),
    ),
  ];
}

/** A branch cannot lower the coverage below what the service's own settings allow. */
function coverageFindings({ minimumCoverage }: PackageConfig, least: number): Finding[] {
  if (minimumCoverage >= least) return [];
  return [
    finding(
      `minimum-coverage is ${String(minimumCoverage)} and the service allows no less than ${String(least)}: cover the rest, or have least-coverage lowered in slipway.toml`,
    ),
  ];
}

function nameFindings(config: PackageConfig, input: Input): Finding[] {
  if (config.name === input.package) return [];
  return [
    finding(
      `pyproject.toml names the package ${config.name} and not ${input.package}: mend project.name, or start the release of ${config.name}`,
    ),
  ];
}

function versionFindings(versions: ReadonlyMap<string, string>): Finding[] {
  const different = new Set([...versions.values()].map(normaliseVersion));
  if (different.size <= 1) return [];
  const lines = [...versions].map(([file, version]) => `${file}: ${version}`);
  return [finding('The version files disagree: write the same version into each of them', lines.join('\n'))];
}

function versionEvidence({ versionVariable = '' }: PackageConfig, versions: ReadonlyMap<string, string>) {
  const [version] = versions.values();
  return version === undefined
    ? { what: `the version stands in no file: ${versionVariable} tells it to the build` }
    : { what: `${[...versions.keys()].join(' and ')} say ${version}` };
}

async function baseFindings(mirror: Mirror, { base, ...ends }: Input, commit: Sha): Promise<Finding[]> {
  return base === undefined ? [] : lostAgain(mirror, { ...ends, base }, commit);
}

async function tagFindings(mirror: Mirror, tag: string): Promise<Finding[]> {
  const tagged = await readRef(mirror, tagRef(tag));
  if (tagged === undefined) return [];
  return [
    finding(
      `The tag ${tag} exists already, at ${short(tagged)}: delete it if nothing was released from it, or release another version`,
    ),
  ];
}

async function changesSince(
  mirror: Mirror,
  previous: Source | undefined,
  config: PackageConfig,
): Promise<string[]> {
  if (previous === undefined) return [];
  const before = await configOf(mirror, previous.commit);
  return before === undefined
    ? [
        `the configuration at ${short(previous.commit)} cannot be read any more, so all of it may have changed`,
      ]
    : configChanges(before, config);
}

/** The most commits that are told one by one. */
const mostCommits = 20;

/** The commits since a candidate, newest first, by their first lines; what it rewrote or lost has none that can be told. */
async function commitsSince(mirror: Mirror, { commit: before }: Source, commit: Sha): Promise<string[]> {
  if (!(await hasCommit(mirror, before))) return [`all: ${short(before)} is not there any more`];
  const rewritten = (await isAncestor(mirror, before, commit))
    ? []
    : [`the branch was rewritten: ${short(before)} is not in it`];
  const range = [commit, `^${before}`];
  const log = await readLog(mirror, range, [`--max-count=${String(mostCommits)}`]);
  return [
    ...rewritten,
    ...log.map(({ commit: sha, message }) => `${short(sha)} ${message.split('\n')[0] ?? ''}`.slice(0, 200)),
  ];
}

async function configOf(mirror: Mirror, commit: Sha): Promise<PackageConfig | undefined> {
  if (!(await hasCommit(mirror, commit))) return undefined;
  const found = await readConfigAt(await packageAt(mirror, commit));
  return 'problems' in found ? undefined : found.config;
}
