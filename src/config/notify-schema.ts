import type { z } from 'zod';

import type { peopleTables } from './people-schema.js';
import { flag, named, secretName, shortName, table } from './schema.js';

/** A channel that notifications go by. */
export interface NotifySetting {
  /** The name of the secret that holds its address. */
  readonly secret: string;
  /** Whether it holds the thread of every release. */
  readonly thread: boolean;
}

/** The channels of notifications. */
export const notifyTables = named(
  shortName,
  table({
    secret: secretName.describe(
      'The name of the secret that holds the address of the channel, as Apprise writes it: `mailtos://…`, `slack://…`, `matrixs://…`, `discord://…`, `jsons://…`. Only the urgent zone holds it.',
    ),
    thread: flag
      .default(false)
      .describe(
        'Whether the thread of every release is here: all that is told to anybody, and how each release ends.',
      ),
  }),
).default({});

interface NotifyKeys {
  readonly people?: z.output<typeof peopleTables>;
  readonly notify?: z.output<typeof notifyTables>;
}

/** What does not fit between people and channels: each problem with the key that it is reported at. */
export function notifyProblems({ people = {}, notify = {} }: NotifyKeys) {
  const reached = new Set(Object.values(people).flatMap((person) => person.notify));
  const unknown = Object.entries(people).flatMap(([person, { notify: channels }]) =>
    channels
      .filter((channel) => !Object.hasOwn(notify, channel))
      .map((channel) => ({
        key: 'people',
        message: `${person} is to be told by ${channel}, which is no channel: add [notify.${channel}], or take the name out`,
      })),
  );
  const idle = Object.entries(notify)
    .filter(([channel, { thread }]) => !thread && !reached.has(channel))
    .map(([channel]) => ({
      key: 'notify',
      message: `${channel} reaches nobody: name it in notify of [people.<name>], or write thread = true`,
    }));
  return [...unknown, ...idle];
}

/** The names of the secrets that hold the addresses of channels. */
export function notifySecrets(notify: Readonly<Record<string, Pick<NotifySetting, 'secret'>>>): string[] {
  return Object.values(notify).map(({ secret }) => secret);
}
