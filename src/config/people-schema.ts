import { z } from 'zod';

import { named, shortName, table, text } from './schema.js';
import { publicKeys } from './signers-schema.js';

/** What the service knows of each approver beside the name. */
export const peopleTables = named(
  text,
  table({
    notify: z
      .array(shortName, { error: 'must be a list of channels, such as ["ada-mail"]' })
      .default([])
      .describe('The channels of `[notify]` that reach this person.'),
    keys: publicKeys,
  }),
).default({});
