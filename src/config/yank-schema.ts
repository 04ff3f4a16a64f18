import { z } from 'zod';

import { yankDrivers } from '../contract/release.js';
import { address, command, flag, seconds, secretName, table, text } from './schema.js';

/** An owner's account on the site of the production index: its name, and the names of its secrets. */
export interface WebSetting {
  readonly user: string;
  readonly password: string;
  /** The seed of its one-time codes, in base32. */
  readonly seed: string;
  /** Whether the site's cookie that stands for a code is kept over restarts. */
  readonly rememberDevice: boolean;
}

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
      "The ways to yank, all tried at once: the first that works is enough. `web` logs in as an owner and sends the site's own form, `person` tells somebody what to do and waits.",
    ),
  command: command
    .optional()
    .describe(
      'The program and arguments of the driver `command`; `{package}`, `{version}` and `{reason}` are filled in.',
    ),
  limit: seconds.default(15).describe('How long a way to yank may take before a person is told what to do.'),
  check: command
    .optional()
    .describe(
      'A program and arguments that end with 0 if the command could yank now; it gets what the command gets, and must change nothing.',
    ),
  secrets: z
    .array(secretName)
    .default([])
    .describe('Names of the secrets that command and check get as environment variables.'),
  link: address
    .optional()
    .describe('The page where a person yanks, with `{package}` and `{version}`; by default as on PyPI.'),
  web: webTable.optional(),
})
  .superRefine((yank, context) => {
    if (yank.drivers.includes('command') && yank.command === undefined)
      context.addIssue(
        'the driver "command" needs the key command: ["program", "{package}", "{version}", "{reason}"]',
      );
    if (yank.check !== undefined && yank.command === undefined)
      context.addIssue('check tries a command dry: write the command too, or take it out');
    if (yank.drivers.includes('web') && yank.web === undefined)
      context.addIssue('the driver "web" needs the table [yank.web] with user, password and seed');
    if (!yank.drivers.includes('web') && yank.web !== undefined)
      context.addIssue(
        'the table [yank.web] is of use to the driver "web" only: add "web" to drivers, or take the table out',
      );
  })
  .prefault({});

/** The names of the secrets that the drivers of a yank need. */
export function yankSecrets({
  secrets,
  web,
}: {
  readonly secrets: readonly string[];
  readonly web?: Pick<WebSetting, 'password' | 'seed'> | undefined;
}): string[] {
  return [...secrets, ...(web === undefined ? [] : [web.password, web.seed])];
}
