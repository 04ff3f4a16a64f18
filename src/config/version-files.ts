import { packageFolder, type Layout } from './package-layout.js';
import { ConfigurationError } from './problems.js';
import { readVersion, versionPlaces } from './version-place.js';

const usualFiles = ['__init__.py', '_version.py', 'version.py', '__about__.py'];

/** The files of a repository at one commit. */
export interface RepositoryFiles {
  /** The paths of all files. */
  readonly list: readonly string[];
  read(path: string): Promise<string | undefined>;
}

/** What of `[project]` says where the version comes from. */
interface ProjectVersion {
  readonly version?: string | undefined;
  readonly dynamic: readonly string[];
}

/**
 * The files in which the version stands: pyproject.toml unless it is dynamic there, and the literals of the package
 * itself, where that was found. A text says why there are none.
 */
export async function findVersionFiles(
  files: RepositoryFiles,
  project: ProjectVersion,
  layout: Layout | undefined,
): Promise<string[] | string> {
  const folder = layout === undefined ? undefined : packageFolder(files.list, layout);
  const usual = usualFiles
    .map((name) => `${folder ?? ''}/${name}`)
    .filter((file) => files.list.includes(file));
  const contents = await Promise.all(usual.map((file) => files.read(file)));
  const literal = usual.filter((file, index) => versionPlaces(file, contents[index] ?? '').length > 0);
  if (project.version !== undefined) return checkVersionFiles(files, ['pyproject.toml', ...literal]);
  if (literal.length > 0 || layout === undefined) return checkVersionFiles(files, literal);
  return project.dynamic.includes('version')
    ? 'the version is made from tags or in another file, so the version to release cannot be written down: write version = "…" under [project], or name the file that holds __version__ = "…"'
    : 'there is no version: write version = "…" under [project]';
}

/** The named files if one version stands in each; otherwise a text that says what is wrong. */
export async function checkVersionFiles(
  files: RepositoryFiles,
  named: readonly string[],
): Promise<string[] | string> {
  const problems = await Promise.all(
    named.map(async (file) => versionFileProblem(file, await files.read(file))),
  );
  const real = problems.filter((problem) => problem !== undefined);
  return real.length > 0 ? real.join('; ') : [...named];
}

function versionFileProblem(file: string, content: string | undefined): string | undefined {
  if (content === undefined) return `${file} is not in the repository: name a file that is`;
  try {
    readVersion(file, content);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}
