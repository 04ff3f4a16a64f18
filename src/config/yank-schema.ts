import { z } from 'zod';

import { yankDrivers, type YankDriver } from '../contract/release.js';
import { isLoopback } from './repository.js';
import { address, command, flag, named, seconds, secretName, table, text } from './schema.js';

/** An owner's account on the site of the production index: its name, and the names of its secrets. */
export interface WebSetting {
  readonly user: string;
  readonly password: string;
  /** The seed of its one-time codes, in base32. */
  readonly seed: string;
  /** Whether the site's cookie that stands for a code is kept over restarts. */
  readonly rememberDevice: boolean;
}

/** One HTTP request that yanks. */
export interface ApiSetting {
  readonly method: 'DELETE' | 'PATCH' | 'POST' | 'PUT';
  /** With `{package}` and `{version}`. */
  readonly address: string;
  /** The fields, with `{package}`, `{version}` and `{reason}`. */
  readonly body: Readonly<Record<string, string>>;
  readonly encoding: 'json' | 'form';
  /** A whole header, with `{secret}`, or `{base64}` for the secret in base64. */
  readonly header: string;
  /** The name of the secret. */
  readonly secret: string;
  /** An address that answers 2xx to whoever may yank. */
  readonly check?: string;
}

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
const encodings = ['json', 'form'] as const;

/** The secret goes there. */
const guardedAddress = address.refine(
  (value) =>
    !URL.canParse(value) || new URL(value).protocol === 'https:' || isLoopback(new URL(value).hostname),
  'would get the secret in the clear: it must begin with https://',
);

const apiTable = table({
  address: guardedAddress.describe(
    'Where the request goes, with `{package}` and `{version}`; it is not led elsewhere by a redirect.',
  ),
  method: z
    .enum(methods, { error: `must be one of ${methods.join(', ')}` })
    .default('POST')
    .describe('The method of the request.'),
  body: named(text, z.string({ error: 'must be a text in quotes' }))
    .default({})
    .describe('The fields of its body, in which `{package}`, `{version}` and `{reason}` are filled in.'),
  encoding: z
    .enum(encodings, { error: `must be one of ${encodings.join(', ')}` })
    .default('json')
    .describe('How the fields are sent: as a JSON object, or as a form.'),
  header: text
    .regex(
      /^[A-Za-z0-9-]+: *[ -~]*\{(secret|base64)\}[ -~]*$/,
      'must be a header with {secret} or {base64} in it',
    )
    .default('Authorization: Bearer {secret}')
    .describe(
      'The header that carries the secret: `{secret}` as it is, `{base64}` in base64, as `Authorization: Basic {base64}` wants `user:password`.',
    ),
  secret: secretName.describe('The name of the secret.'),
  check: guardedAddress
    .optional()
    .describe(
      'An address that answers 2xx to a GET with this header where the secret is good; with it the driver is tried before an upload.',
    ),
});

const webTable = table({
  user: text.describe("The name of an owner's account on the site of the production index."),
  password: secretName.describe('The name of the secret that holds its password.'),
  seed: secretName.describe(
    'The name of the secret that holds the seed of its one-time codes, as the site shows it when an authentication application is added. Password and seed on one machine defeat two-factor login.',
  ),
  'remember-device': flag
    .default(false)
    .describe(
      "Whether the site's cookie for a remembered device, which logs in without a code and from any address, is kept in the state folder, sealed with a key from password and seed.",
    ),
});

/** How releases are yanked. */
export const yankTable = table({
  drivers: z
    .array(z.enum(yankDrivers, { error: `must be one of ${yankDrivers.join(', ')}` }), {
      error: `must be a list out of ${yankDrivers.join(', ')}`,
    })
    .min(1, 'must name at least one driver')
    .default(['person'])
    .describe(
      "The ways to yank, all tried at once: the first that works is enough. `web` logs in as an owner and sends the site's own form, `api` makes an HTTP request, `person` tells somebody what to do and waits.",
    ),
  command: command
    .optional()
    .describe(
      'The program and arguments of the driver `command`; `{package}`, `{version}` and `{reason}` are filled in.',
    ),
  limit: seconds
    .pipe(z.number().max(60, 'must be at most "60s": people wait for what they are to do'))
    .default(15)
    .describe('How long a way to yank may take before a person is told what to do.'),
  'late-files': seconds
    .pipe(z.number().max(3600, 'must be at most "1h": the release stays open for as long'))
    .default(15 * 60)
    .describe(
      'How long the index is looked at for late files of an upload that was stopped, once nothing uploads any more; they are yanked, too.',
    ),
  check: command
    .optional()
    .describe(
      'A program and arguments that end with 0 if the command could yank now; it gets what the command gets, and must change nothing.',
    ),
  'un-yank': command
    .optional()
    .describe(
      'The program and arguments by which the driver `command` takes a yank back, filled in like the command; without it the other drivers do so.',
    ),
  secrets: z
    .array(secretName)
    .default([])
    .describe('Names of the secrets that these commands get as environment variables.'),
  link: address
    .optional()
    .describe('The page where a person yanks, with `{package}` and `{version}`; by default as on PyPI.'),
  web: webTable.optional(),
  api: apiTable.optional(),
})
  .superRefine((yank, context) => {
    for (const problem of driverProblems(yank)) context.addIssue(problem);
  })
  .prefault({});

interface DriverKeys {
  readonly drivers: readonly YankDriver[];
  readonly command?: unknown;
  readonly check?: unknown;
  readonly 'un-yank'?: unknown;
  readonly web?: unknown;
  readonly api?: unknown;
}

const withoutCommand = {
  check: 'check tries a command dry: write the command too, or take it out',
  'un-yank': 'un-yank takes back what a command has done: write the command too, or take it out',
};

const tableKeys = { web: 'user, password and seed', api: 'address and secret' } as const;

function driverProblems({ drivers, command: program, ...keys }: DriverKeys): string[] {
  const problems: string[] = [];
  if (drivers.includes('command') && program === undefined)
    problems.push(
      'the driver "command" needs the key command: ["program", "{package}", "{version}", "{reason}"]',
    );
  for (const key of ['check', 'un-yank'] as const)
    if (keys[key] !== undefined && program === undefined) problems.push(withoutCommand[key]);
  return [...problems, ...tableProblems(drivers, keys)];
}

function tableProblems(drivers: readonly YankDriver[], tables: Pick<DriverKeys, 'web' | 'api'>): string[] {
  return (['web', 'api'] as const).flatMap((driver) => {
    const named = `the table [yank.${driver}]`;
    if (drivers.includes(driver) === (tables[driver] !== undefined)) return [];
    return drivers.includes(driver)
      ? [`the driver "${driver}" needs ${named} with ${tableKeys[driver]}`]
      : [
          `${named} is of use to the driver "${driver}" only: add "${driver}" to drivers, or take the table out`,
        ];
  });
}

/** The names of the secrets that the drivers of a yank need. */
export function yankSecrets({
  secrets,
  web,
  api,
}: {
  readonly secrets: readonly string[];
  readonly api?: Pick<ApiSetting, 'secret'> | undefined;
  readonly web?: Pick<WebSetting, 'password' | 'seed'> | undefined;
}): string[] {
  return [
    ...secrets,
    ...(web === undefined ? [] : [web.password, web.seed]),
    ...(api === undefined ? [] : [api.secret]),
  ];
}
