import { wellKnownIndexes } from './network-schema.js';
import { notifyProblems, notifySecrets } from './notify-schema.js';
import { probeProblems } from './probe-schema.js';
import { isLoopback } from './repository.js';
import type { SettingsTable } from './settings-schema.js';
import { yankSecrets } from './yank-schema.js';

/** What is wrong between keys: each problem with the key that it is reported at. */
export function crossProblems(settings: Partial<SettingsTable>): { key: string; message: string }[] {
  return [
    ...peopleProblems(settings.approvers, settings.quorum),
    ...rosterProblems(settings.approvers, settings.roster),
    ...strangers(settings.approvers, settings.people),
    ...notifyProblems(settings),
    ...indexProblems(settings.test, settings.production),
    ...yankProblems(settings.production, settings.yank),
    ...publisherProblems(settings.production, settings.packages),
    ...publishingWorkflowProblems(settings.production, settings.packages),
    ...secretProblems(settings),
    ...probeProblems(settings.probes, Object.keys(settings.packages ?? {})).map((message) => ({
      key: 'probes',
      message,
    })),
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

function rosterProblems(
  approvers: SettingsTable['approvers'] | undefined,
  roster: SettingsTable['roster'] = {},
) {
  if (approvers === undefined) return [];
  return Object.keys(roster)
    .filter((person) => !approvers.includes(person))
    .map((person) => ({
      key: 'roster',
      message: `${person} is no approver, and so could not answer: add the name to approvers, or take the table out`,
    }));
}

function strangers(approvers: SettingsTable['approvers'] | undefined, people: SettingsTable['people'] = {}) {
  if (approvers === undefined) return [];
  return Object.keys(people)
    .filter((person) => !approvers.includes(person))
    .map((person) => ({
      key: 'people',
      message: `${person} is no approver: add the name to approvers, or take the table out`,
    }));
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

/** A release must not go out before somebody has said how it could be taken back. */
function yankProblems(
  production: SettingsTable['production'] | undefined,
  yank: SettingsTable['yank'] | undefined,
) {
  if (production === undefined) return [];
  if (production.yanks === false && yank?.drivers.includes('web') === true)
    return [
      {
        key: 'yank',
        message: `the driver "web" has no form on ${production.name}, which cannot yank: take it out`,
      },
    ];
  if (wellKnownIndexes.includes(production.name) || production.yanks !== undefined) return [];
  return [
    {
      key: 'production',
      message: `say whether releases can be yanked on ${production.name}: yanks = true, or yanks = false where their files can only be removed`,
    },
  ];
}

/** A trusted publisher runs on GitHub and uploads to PyPI: only where both are stand-ins may either of them be another. */
function publisherProblems(
  production: SettingsTable['production'] | undefined,
  packages: SettingsTable['packages'] = {},
) {
  if (production?.publisher !== 'trusted') return [];
  const rehearsed = isOnLoopback(production.upload);
  const elsewhere = `publisher = "trusted" uploads to pypi and not to ${production.name}: take the index's name and addresses out, or publish with twine`;
  const unfit = Object.entries(packages).filter(
    ([, { forge, repository }]) =>
      forge.kind !== 'github' || isOnLoopback(forge.api ?? repository) !== rehearsed,
  );
  return [
    ...(rehearsed || production.name === 'pypi' ? [] : [{ key: 'production', message: elsewhere }]),
    ...unfit.map(([name]) => ({
      key: 'packages',
      message: `${name} cannot be uploaded by a trusted publisher, which is a workflow of its repository on ${rehearsed ? 'the forge that plays GitHub on loopback beside this index' : 'GitHub'}: give it such a forge of kind = "github", or publish with twine`,
    })),
  ];
}

/** On a real forge such a workflow runs as soon as the release is tagged, wherever the service itself uploads to. */
function publishingWorkflowProblems(
  production: SettingsTable['production'] | undefined,
  packages: SettingsTable['packages'] = {},
) {
  return Object.entries(packages)
    .filter(
      ([, { forge, repository }]) =>
        forge['publishing-workflows'] === 'tell' &&
        ![repository, forge.api ?? repository, production?.upload].every(isOnLoopback),
    )
    .map(([name]) => ({
      key: 'packages',
      message: `publishing-workflows = "tell" of ${name} is for rehearsals, where forge and production index both are stand-ins on this machine: take it out, and have workflows that publish run by hand only (workflow_dispatch)`,
    }));
}

function isOnLoopback(address: string | undefined): boolean {
  return address !== undefined && URL.canParse(address) && isLoopback(new URL(address).hostname);
}

/** Secrets that can publish, push, yank, report coverage or speak to people must not be among those of the zone that runs other people's code. */
function secretProblems(settings: Partial<SettingsTable>) {
  const guarded = guardedSecrets(settings);
  return Object.entries(buildZoneSecrets(settings)).flatMap(([key, names]) =>
    names
      .filter((name) => guarded.includes(name))
      .map((name) => ({
        key,
        message: `${name} can publish, push, yank, report coverage or speak to people, and the build zone runs other people's code: take it out`,
      })),
  );
}

function guardedSecrets({
  test,
  production,
  yank,
  codecov,
  notify = {},
  packages = {},
}: Partial<SettingsTable>) {
  const repositories = Object.values(packages).map(({ credentials }) => credentials);
  const reporting = [codecov?.token, codecov?.['read-token']];
  return present([
    test?.token,
    production?.token,
    ...(yank === undefined ? [] : yankSecrets(yank)),
    ...notifySecrets(notify),
    ...reporting,
    ...repositories,
  ]);
}

function buildZoneSecrets({ test, production, network, ...settings }: Partial<SettingsTable>) {
  return {
    'build-secrets': settings['build-secrets'] ?? [],
    network: present([network?.['proxy-credentials'], network?.['main-index-credentials']]),
    test: present([test?.credentials]),
    production: present([production?.credentials]),
  };
}

function present(names: readonly (string | undefined)[]): string[] {
  return names.filter((name) => name !== undefined);
}
