import { moduleFile, packageFolder, type Layout } from './package-layout.js';
import { ConfigurationError } from './problems.js';
import type { Pyproject } from './pyproject.js';
import { readVersion, versionPlaces } from './version-place.js';
import { at, versionVariable } from './version-variable.js';

/** `from .data import __version__`, alone or among others, and not under another name. */
const importsVersion = /^from \.(\w+) import (?:\([^)]*|.*)\b__version__\b(?!\s+as\s+(?!__version__\b))/m;

const usualFiles = ['__init__.py', '_version.py', 'version.py', '__about__.py'];

/** The files of a repository at one commit. */
export interface RepositoryFiles {
  /** The paths of all files. */
  readonly list: readonly string[];
  read(path: string): Promise<string | undefined>;
}

/** What of a pyproject.toml says where the version comes from. */
type Said = Pick<Pyproject, 'project' | 'raw' | 'slipway'>;

/**
 * The files in which the version stands: pyproject.toml unless it is dynamic there, and the literals of the package
 * itself, where that was found; none where the build is told the version. A text says why there are none.
 */
export async function findVersionFiles(
  files: RepositoryFiles,
  said: Said,
  layout: Layout | undefined,
): Promise<string[] | string> {
  const likely = await likelyFiles(files, said, layout);
  const contents = await Promise.all(likely.map((file) => files.read(file)));
  const literal = likely.filter((file, index) => versionPlaces(file, contents[index] ?? '').length > 0);
  if (said.project.version !== undefined) return checkVersionFiles(files, ['pyproject.toml', ...literal]);
  const written = literal.length > 0 || layout === undefined || versionVariable(said) !== undefined;
  if (written) return checkVersionFiles(files, literal);
  return said.project.dynamic.includes('version')
    ? 'the version stands in no file that was looked into: name the file that holds __version__ = "…", write version = "…" under [project], or name the version-variable that tells the build the version'
    : 'there is no version: write version = "…" under [project]';
}

/** Where the version of a package may stand: the usual files, one that its __init__.py imports it from, and hatch's. */
async function likelyFiles(
  files: RepositoryFiles,
  { raw }: Said,
  layout: Layout | undefined,
): Promise<string[]> {
  if (layout === undefined) return [];
  const folder = packageFolder(files.list, layout);
  const init = folder === undefined ? undefined : await files.read(`${folder}/__init__.py`);
  const imported = importsVersion.exec(init ?? '')?.[1];
  const hatch = at(raw, 'tool', 'hatch', 'version', 'path');
  const likely =
    folder === undefined
      ? [moduleFile(files.list, layout)]
      : [...usualFiles, ...(imported === undefined ? [] : [`${imported}.py`])].map(
          (name) => `${folder}/${name}`,
        );
  const all = new Set([...likely, ...(typeof hatch === 'string' ? [hatch] : [])]);
  return [...all].filter((file) => files.list.includes(file));
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
