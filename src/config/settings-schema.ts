import { z } from 'zod';

import { yankDrivers } from '../contract/release.js';
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
    name: shortName.default(name),
    upload: address.optional(),
    simple: simpleAddress.optional(),
    token: secretName.default(token),
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
    .default(['person']),
  command: command.optional(),
  secrets: z.array(secretName).default([]),
  link: address.optional(),
})
  .superRefine((yank, context) => {
    if (yank.drivers.includes('command') && yank.command === undefined)
      context.addIssue(
        'the driver "command" needs the key command: ["program", "{package}", "{version}", "{reason}"]',
      );
  })
  .prefault({});

const packageTable = table({
  repository: text.refine(
    (value) => repositoryProtocol(value) !== undefined || isRelativeFolder(value),
    repositoryForms,
  ),
  base: refName.default('main'),
  branch: refName.default('release/{version}'),
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
  state: text.optional(),
  cache: text.optional(),
  approvers: texts.min(1, 'must name at least one person who may approve'),
  quorum: count.default(1),
  'self-approval': flag.default(false),
  watch: seconds.default(12 * 3600),
  'build-secrets': z.array(secretName).default([]),
  'test-environment': variables.default({}),
  network: table({
    'ca-bundle': text.optional(),
    proxy: text.optional(),
    'no-proxy': text.optional(),
    'main-index': simpleAddress.optional(),
  }).prefault({}),
  test: indexTable('testpypi', 'TESTPYPI_TOKEN'),
  production: indexTable('pypi', 'PYPI_TOKEN'),
  yank: yankTable,
  'history-events': count.default(2000),
  'web-ui': address.optional(),
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
