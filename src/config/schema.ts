import { z } from 'zod';

import { parseDuration } from '../contract/duration.js';

/** A table of a TOML file in which every key is known. */
export function table<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `is no key here: take it out, or use one of ${known}`
        : 'must be a table',
  });
}

/** The keys whose values are right by themselves, so that rules between keys can be judged beside wrong ones. */
export function readableKeys<T extends z.ZodRawShape>(
  shape: T,
  raw: Readonly<Record<string, unknown>>,
): Partial<z.output<z.ZodObject<T>>> {
  const readable = Object.entries(shape).flatMap(([key, schema]) => {
    const result = z.safeParse(schema, raw[key]);
    return result.success ? [[key, result.data] as const] : [];
  });
  return Object.fromEntries(readable) as Partial<z.output<z.ZodObject<T>>>;
}

/** Tables by names that people chose, such as suites and modes. */
export function named<K extends z.core.$ZodRecordKey, V extends z.ZodType>(
  key: K,
  value: V,
): z.ZodRecord<K, V> {
  return z.record(key, value, { error: 'must be a table' });
}

function expected(what: string): (issue: { input: unknown }) => string {
  return ({ input }) => (input === undefined ? `is missing: it ${what}` : what);
}

/** A text that is not empty. */
export const text = z.string({ error: expected('must be a text in quotes') }).min(1, 'must not be empty');

/** A list of such texts. */
export const texts = z.array(text, { error: expected('must be a list of texts, such as ["a", "b"]') });

/** A program and its arguments. */
export const command = texts.min(1, 'must name a program: ["program", "argument"]');

/** A whole number of at least one. */
export const count = z
  .number({ error: expected('must be a number') })
  .int('must be a whole number')
  .min(1, 'must be at least 1');

export const flag = z.boolean({ error: expected('must be true or false') });

/** The name of an environment variable. */
export const variableName = text.regex(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  'must be the name of an environment variable',
);

/** The name of a secret: that of the variable which holds it. */
export const secretName = text.regex(
  /^(?!.*_FILE$)[A-Z][A-Z0-9_]*$/,
  'must be the name of an environment variable that holds the secret: A-Z, 0-9 and "_", and not ending in _FILE',
);

/** Environment variables with their values. */
export const variables = named(variableName, z.string({ error: expected('must be a text in quotes') }));

/** The name of a suite, mode, application or index. */
export const shortName = text.regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be a name of a-z, 0-9, "_" and "-"');

/** The name of a branch or tag without `refs/…`, or what it is made from by filling in `{version}`. */
export const refName = text
  .regex(
    /^[A-Za-z0-9{][\w./{}+!-]*$/,
    'must be a name that git takes: letters, digits, "_", ".", "/" and "-"',
  )
  .refine(
    (name) => !/\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$|[{}]/.test(name.replaceAll('{version}', '1')),
    'must be a name that git takes; only {version} may stand in braces',
  );

/** A path inside the repository. */
export const innerPath = text.refine(
  (path) =>
    !path.startsWith('/') && !path.startsWith('-') && !path.includes('\\') && !path.split('/').includes('..'),
  'must be a path inside the repository, such as tests/data: relative, with "/", without ".."',
);

/** An http(s) address without a password in it. */
export const address = text.refine(
  (value) =>
    URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).password === '',
  'must be an address that begins with https:// (or http://) and holds no password',
);

const durationForms = 'must be a duration such as "12h", "10m", "90s", or a number of seconds';

/** A duration such as "12h", "90s" or a number of seconds; read as seconds. */
export const seconds = z
  .union([z.number(), z.string().transform((value) => parseDuration(value) ?? 0)], { error: durationForms })
  .pipe(z.number().int(durationForms).min(1, durationForms));
