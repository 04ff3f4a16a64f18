import pep440 from '@renovatebot/pep440';
import { z } from 'zod';

import { repositoryForms, repositoryProtocol } from './repository.js';
import {
  command,
  innerPath,
  named,
  refName,
  secretName,
  shortName,
  table,
  text,
  texts,
  variableName,
  variables,
} from './schema.js';

const innerPaths = z.array(innerPath, { error: 'must be a list of paths, such as ["tests"]' });
const secrets = z.array(secretName, { error: 'must be a list of names of secrets' }).default([]);
const marker = text.regex(/^[A-Za-z_]\w*$/, 'must be the name of a pytest marker');

const importName = text.regex(
  /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/,
  'must be what Python code imports, such as my_package or a.b',
);

const extra = text.regex(/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/, 'must be the name of an extra');

const requirement = text.regex(/^[^\p{Cc}]*$/u, 'must be one line');

const python = text.regex(
  /^3\.[1-9]\d+(\.\d+)?$/,
  'must be a Python from 3.10 on, such as "3.12" or "3.12.4"',
);

const atLeastOne = <T>(entries: Record<string, T>) => Object.keys(entries).length > 0;

const environment = variables.default({}).describe('Plain variables that the tests see.');
const lent = secrets.describe('Names of the secrets that the tests find in a `.env`.');

const mode = table({
  environment,
  secrets: lent,
  calls: z
    .array(shortName)
    .default([])
    .describe(
      'What its tests must be seen to call, by the names in the `call-record` of the service; in a rehearsal `openai` or `anthropic`.',
    ),
  probe: texts
    .default([])
    .describe(
      'A command that is run after its tests, with all that they had, and fails unless the mode was really used.',
    ),
});

const application = table({
  path: innerPath
    .optional()
    .describe('Its folder; needed where it has no repository of its own, else the top of that one.'),
  repository: text
    .refine((value) => repositoryProtocol(value) !== undefined, repositoryForms)
    .optional()
    .describe('A git repository of its own, where it does not live in that of the package.'),
  ref: refName.optional().describe('The branch, tag or commit of its own repository.'),
  requirements: z
    .array(requirement)
    .default([])
    .describe('Arguments for `pip install`, relative to its folder, that install it with what it needs.'),
  command: command.default(['pytest']).describe('What runs its tests.'),
  'must-run': z
    .array(marker)
    .default([])
    .describe('pytest markers of which at least one test each must pass.'),
  environment,
  secrets: lent,
}).superRefine((value, context) => {
  if (value.path === undefined && value.repository === undefined)
    context.addIssue('needs the key path: the folder of the application in this repository');
  if (value.ref !== undefined && value.repository === undefined)
    context.addIssue(
      'has a ref without a repository: take it out, or name the repository that it belongs to',
    );
});

/** The keys of `[tool.slipway]`, in the spelling of the file. */
export const packageShape = {
  'version-files': innerPaths
    .min(1, 'must name at least one file')
    .optional()
    .describe(
      'The files in which the version stands; by default `pyproject.toml` and the literals of the package itself.',
    ),
  'version-variable': variableName
    .optional()
    .describe(
      'The environment variable that tells the build the version, where it takes that from git; by default that of setuptools-scm, hatch-vcs or pdm-backend where the package uses one.',
    ),
  prepare: command
    .optional()
    .describe(
      'What is run in a checkout before it is built or its suites are run, such as a compiler of translations.',
    ),
  'prepare-requirements': z
    .array(requirement)
    .default([])
    .describe('What that command needs, installed into an environment of its own.'),
  source: innerPath
    .optional()
    .describe(
      'The folder whose lines are measured; by default `src`, or the folder or the one module of a flat package.',
    ),
  'import-name': importName
    .optional()
    .describe('What Python code imports; by default the package that is found in the source folder.'),
  suites: named(
    shortName,
    table({
      command: command.describe('What runs the suite, under coverage.py.'),
      covers: z
        .array(innerPath)
        .default([])
        .describe('Globs of the files that this suite alone must cover; without any only the union counts.'),
    }),
  )
    .refine(atLeastOne, 'must hold at least one suite')
    .default({ all: { command: ['pytest'], covers: [] } }),
  modes: named(shortName, mode)
    .refine(atLeastOne, 'must hold at least one mode')
    .default({ default: { environment: {}, secrets: [], calls: [], probe: [] } }),
  applications: named(shortName, application).default({}),
  extras: z
    .array(extra)
    .default([])
    .describe('Extras of the package that are installed with it wherever it is imported.'),
  tests: innerPaths
    .optional()
    .describe(
      'What the tests need of the repository in the clean environment; by default `tests` or `test`. Nothing where they are part of the package.',
    ),
  'test-command': command.default(['pytest']).describe('What runs the tests in the clean environment.'),
  'test-requirements': texts
    .optional()
    .describe(
      'What the tests need beside the package; by default the first dependency group or extra called `test`, `tests`, `testing` or `dev`, and pytest.',
    ),
  pythons: z
    .array(python, { error: 'must be a list of versions of Python, such as ["3.10", "3.12"]' })
    .min(1, 'must name at least one Python')
    .refine((versions) => new Set(versions).size === versions.length, 'must not name a Python twice')
    .optional()
    .describe(
      'The Pythons that all suites, installations, modes and applications have to pass on; by default the one of the service.',
    ),
  constraints: innerPath
    .optional()
    .describe('A constraints file for everything that is installed beside the package.'),
  changelog: z
    .union([innerPath, z.literal(false)], { error: 'must be a path such as "CHANGELOG.md", or false' })
    .optional()
    .describe(
      'The file whose entry for the released version is demanded and shown, or `false` where there is none; by default a `CHANGELOG`, `CHANGES`, `HISTORY`, `NEWS` or `RELEASE_NOTES` at the top or in `docs`.',
    ),
  tag: refName
    .refine((name) => name.split('{version}').length === 2, 'must hold {version} once, such as v{version}')
    .default('v{version}')
    .describe('The tag of the final version.'),
  'minimum-coverage': z
    .number({ error: 'must be a number of percent' })
    .min(0, 'must be between 0 and 100')
    .max(100, 'must be between 0 and 100')
    .default(100)
    .describe('The line coverage demanded, in percent; less than 100 is shown to who approves the branch.'),
};

export const packageTable = table(packageShape);

/** What `[tool.slipway]` says, in the spelling of the file and with the defaults that need no look at the files. */
export type PackageTable = z.output<typeof packageTable>;

/** The parts of a pyproject.toml outside `[tool.slipway]` that the service reads. */
export const projectShape = {
  name: z.string(),
  version: z.string().optional(),
  dynamic: z.array(z.string()).default([]),
  'requires-python': z
    .string()
    .refine((specifier) => pep440.validRange(specifier), 'must be a version specifier, such as ">=3.10"')
    .optional(),
  'optional-dependencies': z.record(z.string(), z.array(z.string())).default({}),
};
