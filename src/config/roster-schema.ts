import { DateTime } from 'luxon';
import { z } from 'zod';

import { isZone, weekdays } from './hours.js';
import { named, secretName, table, text } from './schema.js';

const clock = '([01]\\d|2[0-3]):[0-5]\\d';

const hours = text
  .regex(new RegExp(`^${clock}-(${clock}|24:00)$`), 'must be hours such as "08:00-16:30", or "00:00-24:00"')
  .describe(
    'From when to when, on the clocks there; hours that end before they begin go on into the next day.',
  );

const zone = text
  .refine(isZone, 'must be a time zone such as "Europe/Berlin", or "UTC"')
  .describe('The time zone of these hours.');

const day = z.enum(weekdays, { error: `must be one of ${weekdays.join(', ')}` });

/** The hours in which uploads to the production index may begin. */
export const publishWindowTable = table({
  zone,
  hours,
  days: z
    .array(day, { error: 'must be a list of days, such as ["mon", "tue"]' })
    .min(1, 'must name at least one day')
    .default(['mon', 'tue', 'wed', 'thu'])
    .describe('The days on which they begin.'),
});

/** When each person can be asked. */
export const rosterTables = named(
  text,
  table({
    zone,
    hours,
    days: z
      .array(day, { error: 'must be a list of days, such as ["mon", "tue"]' })
      .min(1, 'must name at least one day')
      .default([...weekdays])
      .describe('The days on which they begin.'),
  }),
).default({});

/** When secrets stop to be taken. */
export const expiryTable = named(
  secretName,
  text.refine(
    // A 31st of February would be read as a day of March.
    (value) => DateTime.fromFormat(value, 'yyyy-MM-dd').isValid,
    'must be a day such as "2027-01-31", in quotes; from its beginning on, in UTC, the secret counts as expired',
  ),
).default({});
