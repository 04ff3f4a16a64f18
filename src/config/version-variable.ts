import type { TomlTable, TomlValue } from 'smol-toml';

import type { Pyproject } from './pyproject.js';

type Read = Pick<Pyproject, 'project' | 'raw' | 'slipway'>;

/** The build backends that take the version from git, by how a pyproject.toml names them, and the variable that wins over git. */
const fromGit: readonly { readonly variable: string; readonly uses: (raw: TomlTable) => boolean }[] = [
  {
    variable: 'SETUPTOOLS_SCM_PRETEND_VERSION',
    uses: (raw) => at(raw, 'tool', 'hatch', 'version', 'source') === 'vcs',
  },
  {
    variable: 'SETUPTOOLS_SCM_PRETEND_VERSION',
    uses: (raw) =>
      at(raw, 'tool', 'setuptools_scm') !== undefined ||
      (requires(raw, /^setuptools[-_.]scm\b/i) &&
        at(raw, 'tool', 'setuptools', 'dynamic', 'version') === undefined),
  },
  {
    variable: 'PDM_BUILD_SCM_VERSION',
    uses: (raw) => at(raw, 'tool', 'pdm', 'version', 'source') === 'scm',
  },
];

/** The environment variable that tells the build the version, where it takes that from git. */
export function versionVariable({ project, raw, slipway }: Read): string | undefined {
  const named = slipway['version-variable'];
  if (named !== undefined || !project.dynamic.includes('version')) return named;
  return fromGit.find(({ uses }) => uses(raw))?.variable;
}

/** A value of a TOML file by its keys, or undefined. */
export function at(raw: TomlTable, ...keys: readonly string[]): TomlValue | undefined {
  return keys.reduce<TomlValue | undefined>(
    (value, key) =>
      typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) ? value[key] : undefined,
    raw,
  );
}

function requires(raw: TomlTable, name: RegExp): boolean {
  const listed = at(raw, 'build-system', 'requires');
  return Array.isArray(listed) && listed.some((line) => typeof line === 'string' && name.test(line));
}
