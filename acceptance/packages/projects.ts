import { replaced, withoutPublishing } from './edits.js';
import { pins } from './pins.js';

/** What all releases of it have in common. */
export const cachetools = {
  sdist: pins.cachetools,
  release: '8.1.0',
  builtBy: 'setuptools',
  versionIn: 'module',
} as const;

/** What all releases of it have in common. */
export const sqlparse = {
  sdist: pins.sqlparse,
  release: '0.7.0',
  base: 'master',
  builtBy: 'hatchling',
  versionIn: 'module',
} as const;

/** What all releases of it have in common. */
export const iniconfig = {
  sdist: pins.iniconfig,
  release: '2.4.0',
  builtBy: 'setuptools',
  versionIn: 'git tag',
  writes: `[tool.slipway]
minimum-coverage = 98
`,
} as const;

/** What all releases of it have in common. */
export const pytestMock = {
  sdist: pins.pytestMock,
  release: '3.18.0',
  builtBy: 'setuptools',
  versionIn: 'git tag',
  writes: `[tool.slipway]
minimum-coverage = 98
suites.all.command = ["pytest", "tests", "--color=yes"]
`,
} as const;

/** What all releases of it have in common. */
export const humanize = {
  sdist: pins.humanize,
  release: '4.18.0',
  builtBy: 'hatchling',
  versionIn: 'git tag',
  changes: [withoutPublishing('release.yml')],
} as const;

/** What all releases of it have in common. */
export const environs = {
  sdist: pins.environs,
  release: '11.3.0',
  builtBy: 'flit',
  versionIn: 'pyproject',
  changes: [
    replaced(
      'tests/.env, which may hold secrets for all that anybody could tell, is left out of the sdist',
      'pyproject.toml',
      '[tool.flit.sdist]\n',
      '[tool.flit.sdist]\nexclude = ["tests/.env"]\n',
    ),
  ],
} as const;
