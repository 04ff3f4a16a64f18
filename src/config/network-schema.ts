import { z } from 'zod';

import { isLoopback } from './repository.js';
import { address, flag, seconds, secretName, shortName, table, text } from './schema.js';

/** The names that twine's own configuration resolves to addresses. */
export const wellKnownIndexes: readonly string[] = ['pypi', 'testpypi'];

/** Whether a password sent there could be read on the way. */
function isOpen(value: string | undefined): boolean {
  return (
    value !== undefined &&
    URL.canParse(value) &&
    new URL(value).protocol === 'http:' &&
    !isLoopback(new URL(value).hostname)
  );
}

function openAddress(key: string): string {
  return `${key} must begin with https:// where credentials are sent to it`;
}

const simpleAddress = address.transform((value) => (value.endsWith('/') ? value : `${value}/`));

export const publishers = ['twine', 'trusted'] as const;
/** What brings files to an index: the service itself with a token, or a workflow in the package's repository without one. */
export type PublisherKind = (typeof publishers)[number];

/** The test index, by default one that twine knows by name. */
export function testTable(name: string, token: string) {
  return table(indexShape(name, token))
    .superRefine(checkAddresses)
    .transform((index) => ({ ...index, publisher: 'twine' as const, token: index.token ?? token }))
    .prefault({});
}

/** The production index, by default one that twine knows by name. */
export function productionTable(name: string, token: string) {
  const publisher = z
    .enum(publishers, { error: `must be one of ${publishers.join(', ')}` })
    .default('twine')
    .describe(
      'What uploads: `twine` with the token, or `trusted`, a workflow that `slipway init` makes in each package’s repository on GitHub; then there is no token.',
    );
  const furtherFiles = seconds
    .optional()
    .describe(
      'For how long after its first file a version takes further ones; `14d` on an index that twine knows, without end on others.',
    );
  return table({ ...indexShape(name, token), publisher, 'further-files': furtherFiles })
    .superRefine(checkAddresses)
    .superRefine((index, context) => {
      if (index.publisher === 'trusted' && index.token !== undefined)
        context.addIssue('a trusted publisher has no token: take the key token out, and revoke that token');
    })
    .transform(({ 'further-files': furtherFiles, ...index }) => ({
      ...index,
      takesFilesFor: furtherFiles ?? (wellKnownIndexes.includes(index.name) ? 14 * 86_400 : undefined),
      token: index.publisher === 'trusted' ? undefined : (index.token ?? token),
    }))
    .prefault({});
}

function indexShape(name: string, token: string) {
  return {
    name: shortName
      .default(name)
      .describe('`pypi` or `testpypi`, which have their addresses from twine, or a name for the two below.'),
    upload: address.optional().describe('The address of the legacy upload API.'),
    simple: simpleAddress.optional().describe('The address of the simple repository API.'),
    user: text.default('__token__').describe('Who uploads; `__token__` where the secret is a token.'),
    token: secretName
      .optional()
      .describe(
        `The name of the secret that holds the upload token, or the password of \`user\`; \`${token}\` by default.`,
      ),
    credentials: secretName
      .optional()
      .describe('The name of the secret, `user:password`, that reading this index takes.'),
    yanks: flag
      .optional()
      .describe(
        'Whether releases can be yanked there; has to be said of a production index that twine does not know. Most small index servers cannot: then a yank removes the files.',
      ),
  };
}

type Addresses = z.output<z.ZodObject<ReturnType<typeof indexShape>>>;

function checkAddresses(index: Addresses, context: z.RefinementCtx): void {
  const given = [index.upload, index.simple].filter((value) => value !== undefined).length;
  if (wellKnownIndexes.includes(index.name) && given > 0)
    context.addIssue(
      `${index.name} gets its addresses from twine: take upload and simple out, or give the index another name`,
    );
  if (!wellKnownIndexes.includes(index.name) && given < 2)
    context.addIssue(`the index ${index.name} needs both addresses: upload and simple`);
  if (index.credentials !== undefined && index.simple === undefined)
    context.addIssue('credentials need the simple address that they are sent to');
  if (index.credentials !== undefined && isOpen(index.simple)) context.addIssue(openAddress('simple'));
}

/** How the service and its tools reach everything outside. */
export const networkTable = table({
  'ca-bundle': text
    .optional()
    .describe(
      'A file of the certificates that the service and its tools (git, pip, uv, twine, codecovcli) trust.',
    ),
  proxy: address.optional().describe('The proxy that they use; loopback is reached without it.'),
  'proxy-credentials': secretName
    .optional()
    .describe('The name of the secret, `user:password`, that the proxy takes.'),
  'no-proxy': text.optional().describe('The hosts that they reach without it, separated by commas.'),
  'git-limit': seconds
    .optional()
    .describe(
      'How long git may take for one fetch or push before it is ended and tried again; 10m by default.',
    ),
  'main-index': simpleAddress
    .optional()
    .describe('The simple address of a mirror that plays the main index for dependencies.'),
  'main-index-credentials': secretName
    .optional()
    .describe('The name of the secret, `user:password`, that the mirror takes.'),
})
  .superRefine((network, context) => {
    for (const key of ['proxy', 'main-index'] as const)
      if (network[`${key}-credentials`] !== undefined && network[key] === undefined)
        context.addIssue(`${key}-credentials need the key ${key}, the address that they are sent to`);
    if (network['main-index-credentials'] !== undefined && isOpen(network['main-index']))
      context.addIssue(openAddress('main-index'));
  })
  .prefault({});
