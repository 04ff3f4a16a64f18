import { readPackageConfig, type PackageConfig } from '../../config/package-config.js';
import { ConfigurationError } from '../../config/problems.js';
import { readVersion, writeVersion } from '../../config/version-place.js';
import { failure } from '../../contract/failures.js';
import type { Digest, Sha, Source } from '../../contract/release.js';
import type { Mirror } from '../support/git/mirror.js';
import { listTree, readDifference, readText, type TreeEntry } from '../support/git/objects.js';

/** A package's files at one commit, read from git's objects. */
export interface PackageAt {
  readonly mirror: Mirror;
  readonly commit: Sha;
  readonly entries: readonly TreeEntry[];
  /** A file's text, or undefined where it is not there; that it is no text is a ConfigurationError. */
  read(path: string): Promise<string | undefined>;
}

/** Opens a commit's files. */
export async function packageAt(mirror: Mirror, commit: Sha): Promise<PackageAt> {
  const entries = await listTree(mirror, commit);
  return {
    mirror,
    commit,
    entries,
    async read(path) {
      const entry = entries.find((other) => other.path === path);
      return entry === undefined ? undefined : readText(mirror, entry);
    },
  };
}

/** The package's configuration at the commit, or everything that is wrong with it. */
export async function readConfigAt(
  at: PackageAt,
): Promise<{ config: PackageConfig; digest: Digest } | { problems: string[] }> {
  const list = at.entries.map(({ path }) => path);
  try {
    const pyproject = await at.read('pyproject.toml');
    if (pyproject === undefined)
      return { problems: ['pyproject.toml is not at the top of the repository: put it there'] };
    return await readPackageConfig({ pyproject, list, read: (path) => at.read(path) });
  } catch (error) {
    if (error instanceof ConfigurationError) return { problems: [...error.problems] };
    throw error;
  }
}

/** The digest of the configuration at a commit; undefined where there is none that can be read. */
export async function configDigest(mirror: Mirror, commit: Sha): Promise<Digest | undefined> {
  const found = await readConfigAt(await packageAt(mirror, commit));
  return 'problems' in found ? undefined : found.digest;
}

/** The configuration that a release goes by, at a commit that must carry exactly that one. */
export async function openConfig(at: PackageAt, source: Source): Promise<PackageConfig> {
  const found = await readConfigAt(at);
  if (!('problems' in found) && found.digest === source.config) return found.config;
  throw failure('integrity', {
    now: `The configuration at commit ${at.commit} is ${'problems' in found ? found.problems.join('; ') : found.digest}.`,
    not: `The release goes by the configuration with digest ${source.config}.`,
    next: 'Send `fix`, so that the branch is read again; or `abort`.',
  });
}

/** The version that stands in each version file. */
export async function readVersions(at: PackageAt, config: PackageConfig): Promise<Map<string, string>> {
  const versions = config.versionFiles.map(async (file): Promise<[string, string]> => {
    return [file, readVersion(file, (await at.read(file)) ?? '')];
  });
  return new Map(await Promise.all(versions));
}

/** The paths in which two commits differ by more than the version that stands there. */
export async function beyondVersion(
  before: PackageAt,
  after: PackageAt,
  config: PackageConfig,
): Promise<string[]> {
  const differences = await readDifference(before.mirror, before.commit, after.commit);
  const inPlace = ({ how, path }: { how: string; path: string }) =>
    how === 'M' && config.versionFiles.includes(path);
  const others = differences.filter((difference) => !inPlace(difference)).map(({ path }) => path);
  const old = await readVersions(before, config);
  for (const { path } of differences.filter(inPlace))
    if (withVersion(path, await after.read(path), old.get(path)) !== (await before.read(path)))
      others.push(path);
  return others;
}

/** A file's text with another version in it; undefined where it has no one place for a version any more. */
function withVersion(path: string, text = '', version = ''): string | undefined {
  try {
    return writeVersion(path, text, version);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
