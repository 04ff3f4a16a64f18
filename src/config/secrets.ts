import { readFileSync, statSync } from 'node:fs';

import type { Zone } from '../contract/zones.js';
import { failure } from '../contract/failures.js';
import { notifySecrets } from './notify-schema.js';
import { ConfigurationError } from './problems.js';
import type { Settings } from './settings.js';
import { yankSecrets } from './yank-schema.js';

/** The secrets of one zone, read once at start; their values never leave the process but in a tool's environment. */
export interface Secrets {
  /** The value, or an operator failure that names what is missing. */
  get(name: string): string;
  has(name: string): boolean;
}

/** The names of the secrets that a zone may hold. */
export function secretNames(settings: Settings, zone: Zone): readonly string[] {
  const names: Readonly<Record<Zone, readonly string[]>> = {
    workflow: [],
    build: [...settings.buildSecrets, ...readingSecrets(settings)],
    publish: [
      ...uploadSecrets(settings),
      ...codecovSecrets(settings),
      ...readingSecrets(settings),
      ...gitSecrets(settings),
      ...forgeSecrets(settings),
    ],
    urgent: [
      ...yankSecrets(settings.yank),
      ...notifySecrets(settings.notify),
      ...readingSecrets(settings),
      ...gitSecrets(settings),
      ...forgeSecrets(settings),
    ],
  };
  return names[zone];
}

/** The names of the credentials of proxy and indexes: whoever installs needs them, and they can publish nothing. */
export function readingSecrets({ network, test, production }: Settings): string[] {
  const names = [
    network.proxyCredentials,
    network.mainIndexCredentials,
    test.credentials,
    production.credentials,
  ];
  return names.filter((name) => name !== undefined);
}

/** The names of the tokens that upload. */
export function uploadSecrets({ test, production }: Pick<Settings, 'test' | 'production'>): string[] {
  return [test.token, production.token].filter((name) => name !== undefined);
}

/** The names of Codecov's tokens. */
export function codecovSecrets({ codecov }: Pick<Settings, 'codecov'>): string[] {
  return codecov === undefined ? [] : [codecov.token, codecov.readToken ?? []].flat();
}

/** The names of the credentials with which git reads and pushes over https; they never are in the build zone. */
function gitSecrets({ packages }: Settings): string[] {
  return Object.values(packages).flatMap(({ credentials }) => credentials ?? []);
}

/** The names of the tokens and keys of forges; git takes the tokens too. */
function forgeSecrets({ packages }: Settings): string[] {
  return [...new Set(Object.values(packages).flatMap(({ forge }) => forge.token ?? forge.app?.key ?? []))];
}

/**
 * Reads the secrets that a zone may hold: NAME from the variable NAME, or from the file that NAME_FILE names.
 * A missing one is found out when it is asked for; a file that others may read is a ConfigurationError at once.
 */
export function readSecrets(settings: Settings, zone: Zone, env: NodeJS.ProcessEnv): Secrets {
  const values = new Map<string, string>();
  const credentials = [...readingSecrets(settings), ...gitSecrets(settings)];
  const problems: string[] = [];
  for (const name of secretNames(settings, zone)) {
    const found = readSecret(name, env);
    if ('problem' in found) problems.push(found.problem);
    else if (credentials.includes(name) && found.value !== '' && !/^[^:\p{Cc}]+:\P{Cc}+$/u.test(found.value))
      problems.push(`${name} holds no credentials: write user:password`);
    else if (found.value !== '') values.set(name, found.value);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    has: (name) => values.has(name),
    get(name) {
      const value = values.get(name);
      if (value === undefined) throw missing(name, zone, settings);
      return value;
    },
  };
}

function readSecret(name: string, env: NodeJS.ProcessEnv): { value: string } | { problem: string } {
  const file = env[`${name}_FILE`] ?? '';
  const value = env[name] ?? '';
  if (file === '') return { value };
  if (value !== '') return { problem: `${name} and ${name}_FILE are both set: unset one of them` };
  try {
    if ((statSync(file).mode & 0o177) !== 0)
      return { problem: `${name}_FILE: others may read ${file}, or it can be executed: chmod 600 ${file}` };
    const content = readFileSync(file, 'utf8').trim();
    return content === ''
      ? { problem: `${name}_FILE: ${file} is empty: write the secret into it` }
      : { value: content };
  } catch {
    return { problem: `${name}_FILE: ${file} cannot be read: name a file that holds the secret` };
  }
}

function missing(name: string, zone: Zone, settings: Settings): Error {
  const allowed = secretNames(settings, zone).includes(name);
  return failure('operator', {
    now: allowed
      ? `The ${zone} worker was started without the secret ${name}.`
      : `The ${zone} worker may not hold the secret ${name}.`,
    not: `Nothing was done that needs ${name}.`,
    next: allowed
      ? `Set ${name} (or ${name}_FILE, mode 600) in the worker's environment, restart it and send \`retry\`.`
      : `Allow it in slipway.toml (docs/configuration.md, Secrets), restart the worker and send \`retry\`.`,
  });
}

/** The environment of a zone's process: `env` without the secrets that only other zones may hold. */
export function zoneEnvironment(
  settings: Settings,
  zone: Zone,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const own = secretNames(settings, zone);
  const others = (['build', 'publish', 'urgent'] as const)
    .flatMap((other) => secretNames(settings, other))
    .filter((name) => !own.includes(name))
    .flatMap((name) => [name, `${name}_FILE`]);
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !others.includes(entry[0]),
    ),
  );
}
