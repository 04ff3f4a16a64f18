import { z } from 'zod';

import { finalVersionPlaces, yankDrivers } from '../contract/release.js';
import { nameProblem } from '../contract/version.js';
import { isRelativeFolder, repositoryForms, repositoryProtocol } from './repository.js';
import {
  address,
  command,
  count,
  flag,
  named,
  refName,
  seconds,
  secretName,
  shortName,
  table,
  text,
  texts,
  variables,
} from './schema.js';

/** The names that twine's own configuration resolves to addresses. */
export const wellKnownIndexes: readonly string[] = ['pypi', 'testpypi'];

const simpleAddress = address.transform((value) => (value.endsWith('/') ? value : `${value}/`));

function indexTable(name: string, token: string) {
  return table({
    name: shortName
      .default(name)
      .describe('`pypi` or `testpypi`, which have their addresses from twine, or a name for the two below.'),
    upload: address.optional().describe('The address of the legacy upload API.'),
    simple: simpleAddress.optional().describe('The address of the simple repository API.'),
    token: secretName.default(token).describe('The name of the secret that holds the upload token.'),
  })
    .superRefine((index, context) => {
      const given = [index.upload, index.simple].filter((value) => value !== undefined).length;
      if (wellKnownIndexes.includes(index.name) && given > 0)
        context.addIssue(
          `${index.name} gets its addresses from twine: take upload and simple out, or give the index another name`,
        );
      if (!wellKnownIndexes.includes(index.name) && given < 2)
        context.addIssue(`the index ${index.name} needs both addresses: upload and simple`);
    })
    .prefault({});
}

const yankTable = table({
  drivers: z
    .array(z.enum(yankDrivers, { error: `must be one of ${yankDrivers.join(', ')}` }), {
      error: `must be a list out of ${yankDrivers.join(', ')}`,
    })
    .min(1, 'must name at least one driver')
    .default(['person'])
    .describe('The ways to yank, tried in this order; `person` tells somebody what to do and waits.'),
  command: command
    .optional()
    .describe(
      'The program and arguments of the driver `command`; `{package}`, `{version}` and `{reason}` are filled in.',
    ),
  secrets: z
    .array(secretName)
    .default([])
    .describe('Names of the secrets that the command gets as environment variables.'),
  link: address
    .optional()
    .describe('The page where a person yanks, with `{package}` and `{version}`; by default as on PyPI.'),
})
  .superRefine((yank, context) => {
    if (yank.drivers.includes('command') && yank.command === undefined)
      context.addIssue(
        'the driver "command" needs the key command: ["program", "{package}", "{version}", "{reason}"]',
      );
  })
  .prefault({});

export const forgeKinds = ['git', 'github'] as const;
/** What a package's pull requests live on; `git` is a bare repository and nothing else. */
export type ForgeKind = (typeof forgeKinds)[number];

const forgeTable = table({
  kind: z
    .enum(forgeKinds, { error: `must be one of ${forgeKinds.join(', ')}` })
    .default('git')
    .describe('What keeps the pull requests; `git` is a repository and nothing else.'),
  api: address.optional().describe('The address of its API; derived from that of the repository by default.'),
  token: secretName.optional().describe('The name of the secret that holds the service’s token there.'),
  app: table({
    id: text.describe('The id of the app.'),
    installation: text.describe('The id of its installation in the repository’s organisation.'),
    key: secretName.describe('The name of the secret that holds its private key.'),
  })
    .optional()
    .describe('A GitHub App that the service acts as, instead of a token.'),
  checks: texts
    .default([])
    .describe('Names of checks that have to be green beside those that the forge demands by itself.'),
  poll: seconds.default(15).describe('How long to wait between two looks at checks and reviews.'),
})
  .superRefine(({ kind, token, app }, context) => {
    if (kind !== 'git' && (token === undefined) === (app === undefined))
      context.addIssue(
        `the forge ${kind} needs the name of a secret: token = "FORGE_TOKEN", or an app, and not both`,
      );
  })
  .prefault({});

const packageTable = table({
  repository: text
    .refine((value) => repositoryProtocol(value) !== undefined || isRelativeFolder(value), repositoryForms)
    .describe('The git repository: an address, or a folder relative to this file.'),
  base: refName.default('main').describe('The branch that releases are merged into.'),
  branch: refName.default('release/{version}').describe('The release branch.'),
  forge: forgeTable,
}).superRefine(({ base, branch }, context) => {
  if (base === branch)
    context.addIssue('base and branch are the same: a release branch is merged into another one');
});

const packageName = text.superRefine((name, context) => {
  const problem = nameProblem(name);
  if (problem !== undefined) context.addIssue(problem);
});

/** The tables and keys of `slipway.toml`, in the spelling of the file. */
export const settingsShape = {
  state: text
    .optional()
    .describe(
      'The folder of the artifact store, the throwaway work places and the git mirrors; `slipway` in `$XDG_STATE_HOME` or `~/.local/state` by default.',
    ),
  cache: text
    .optional()
    .describe(
      'The folder of what may be thrown away and made again; `slipway` in `$XDG_CACHE_HOME` or `~/.cache` by default.',
    ),
  approvers: texts
    .min(1, 'must name at least one person who may approve')
    .describe(
      'The people who may approve, reject and keep, by the names that they send with their messages.',
    ),
  'least-coverage': z
    .number({ error: 'must be a number' })
    .min(0, 'must be a percentage, 0 to 100')
    .max(100, 'must be a percentage, 0 to 100')
    .default(100)
    .describe('The least coverage, in percent, that a package may demand of itself.'),
  quorum: count.default(1).describe('How many distinct people an approval takes.'),
  'self-approval': flag
    .default(false)
    .describe('Whether the person who started a release may approve it: for a maintainer who works alone.'),
  watch: seconds
    .default(12 * 3600)
    .describe('How long a release is watched: the default, and the shortest that `--watch` may ask for.'),
  'build-secrets': z
    .array(secretName)
    .default([])
    .describe('Names of the secrets that the build zone may hold and lend to modes and applications.'),
  'test-environment': variables
    .default({})
    .describe('Plain variables for the tests of every package; they win over those of a mode.'),
  network: table({
    'ca-bundle': text.optional().describe('A file of the certificates that git, pip, uv and twine trust.'),
    proxy: text.optional().describe('The proxy that they use.'),
    'no-proxy': text.optional().describe('The hosts that they reach without it.'),
    'main-index': simpleAddress
      .optional()
      .describe('The simple address of a mirror that plays the main index for dependencies.'),
  }).prefault({}),
  test: indexTable('testpypi', 'TESTPYPI_TOKEN'),
  production: indexTable('pypi', 'PYPI_TOKEN'),
  yank: yankTable,
  'final-version': z
    .enum(finalVersionPlaces, { error: `must be one of ${finalVersionPlaces.join(', ')}` })
    .default('after-merge')
    .describe(
      'Where the final version is written: after the merge, or at the head of the pull request, so that the base branch never holds a devN.',
    ),
  'history-events': count
    .default(2000)
    .describe('The events of history after which a release goes on as a new run, between candidates.'),
  'web-ui': address.optional().describe('Where the Temporal Web UI stands.'),
  packages: named(packageName, packageTable).default({}),
};

export const settingsTable = table(settingsShape);

export type SettingsTable = z.output<typeof settingsTable>;

/** What is wrong between keys: each problem with the key that it is reported at. */
export function crossProblems(settings: Partial<SettingsTable>): { key: string; message: string }[] {
  return [
    ...peopleProblems(settings.approvers, settings.quorum),
    ...indexProblems(settings.test, settings.production),
    ...secretProblems(settings),
  ];
}

function peopleProblems(approvers: SettingsTable['approvers'] | undefined, quorum: number | undefined) {
  if (approvers === undefined) return [];
  const distinct = new Set(approvers).size;
  return [
    ...(distinct < approvers.length ? [{ key: 'approvers', message: 'names somebody twice' }] : []),
    ...(quorum !== undefined && quorum > distinct
      ? [{ key: 'quorum', message: `must be at most the number of approvers, ${String(distinct)}` }]
      : []),
  ];
}

function indexProblems(
  test: SettingsTable['test'] | undefined,
  production: SettingsTable['production'] | undefined,
) {
  if (test === undefined || production === undefined) return [];
  const same =
    test.name === production.name || (test.upload !== undefined && test.upload === production.upload);
  return same
    ? [{ key: 'test', message: 'is the production index: a rehearsal on it would be a release' }]
    : [];
}

function secretProblems(settings: Partial<SettingsTable>) {
  const guarded = [settings.test?.token, settings.production?.token, ...(settings.yank?.secrets ?? [])];
  return (settings['build-secrets'] ?? [])
    .filter((name) => guarded.includes(name))
    .map((name) => ({
      key: 'build-secrets',
      message: `${name} can publish or yank, and the build zone runs other people's code: take it out`,
    }));
}
