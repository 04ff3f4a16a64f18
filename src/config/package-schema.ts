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
  variables,
} from './schema.js';

const innerPaths = z.array(innerPath, { error: 'must be a list of paths, such as ["tests"]' });
const secrets = z.array(secretName, { error: 'must be a list of names of secrets' }).default([]);
const marker = text.regex(/^[A-Za-z_]\w*$/, 'must be the name of a pytest marker');

const importName = text.regex(
  /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/,
  'must be what Python code imports, such as my_package or a.b',
);

const requirement = text.regex(/^[^\p{Cc}]*$/u, 'must be one line');

const atLeastOne = <T>(entries: Record<string, T>) => Object.keys(entries).length > 0;

const application = table({
  path: innerPath.optional(),
  repository: text.refine((value) => repositoryProtocol(value) !== undefined, repositoryForms).optional(),
  ref: refName.optional(),
  requirements: z.array(requirement).default([]),
  command: command.default(['pytest']),
  'must-run': z.array(marker).default([]),
  environment: variables.default({}),
  secrets,
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
  'version-files': innerPaths.min(1, 'must name at least one file').optional(),
  source: innerPath.optional(),
  'import-name': importName.optional(),
  suites: named(shortName, table({ command, covers: z.array(innerPath).default([]) }))
    .refine(atLeastOne, 'must hold at least one suite')
    .default({ all: { command: ['pytest'], covers: [] } }),
  modes: named(shortName, table({ environment: variables.default({}), secrets }))
    .refine(atLeastOne, 'must hold at least one mode')
    .default({ default: { environment: {}, secrets: [] } }),
  applications: named(shortName, application).default({}),
  tests: innerPaths.min(1, 'must name at least one file or folder').optional(),
  'test-command': command.default(['pytest']),
  'test-requirements': texts.optional(),
  constraints: innerPath.optional(),
  tag: refName
    .refine((name) => name.split('{version}').length === 2, 'must hold {version} once, such as v{version}')
    .default('v{version}'),
  'minimum-coverage': z
    .number({ error: 'must be a number of percent' })
    .min(0, 'must be between 0 and 100')
    .max(100, 'must be between 0 and 100')
    .default(100),
};

export const packageTable = table(packageShape);

/** What `[tool.slipway]` says, in the spelling of the file and with the defaults that need no look at the files. */
export type PackageTable = z.output<typeof packageTable>;

/** The parts of a pyproject.toml outside `[tool.slipway]` that the service reads. */
export const projectShape = {
  name: z.string(),
  version: z.string().optional(),
  dynamic: z.array(z.string()).default([]),
  'optional-dependencies': z.record(z.string(), z.array(z.string())).default({}),
};
