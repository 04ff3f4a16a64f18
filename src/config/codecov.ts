import { formatDuration } from '../contract/duration.js';
import { repositoryProtocol } from './repository.js';
import { address, seconds, secretName, table } from './schema.js';

/** An activity of the publish zone may take 40 minutes in all. */
const longestWait = 30 * 60;

/** The table `[codecov]` of `slipway.toml`, in the spelling of the file. */
export const codecovTable = table({
  upload: address
    .optional()
    .describe('The address that reports are sent to; by default the one that codecovcli knows.'),
  api: address
    .optional()
    .describe('The address of its API; by default that of `upload`, or the one that codecovcli knows.'),
  token: secretName.default('CODECOV_TOKEN').describe('The name of the secret that holds the upload token.'),
  'read-token': secretName
    .optional()
    .describe('The name of the secret that holds an API token; needed where a repository is private.'),
  wait: seconds
    .refine((value) => value <= longestWait, `must be at most "${formatDuration(longestWait)}"`)
    .default(10 * 60)
    .describe('How long a report may take to be shown before people are asked whether it is waived.'),
});

/** The kinds of git hosts, as Codecov names them. */
const hosts = ['github', 'gitlab', 'bitbucket', 'github_enterprise', 'gitlab_enterprise', 'bitbucket_server'];

/** Whether a text names a repository as Codecov does: the kind of host, the owner (with subgroups) and the name. */
export function isCodecovPlace(place: string): boolean {
  const [host = '', ...slug] = place.split('/');
  return hosts.includes(host) && slug.length >= 2 && slug.every((part) => /^\w[\w.-]*$/.test(part));
}

/** What a package's place may be, for messages. */
export const codecovForms = `must be "none" or host/owner/name, as Codecov has it, with a host out of ${hosts.join(', ')}`;

const wellKnown: Readonly<Record<string, string>> = {
  'github.com': 'github',
  'gitlab.com': 'gitlab',
  'bitbucket.org': 'bitbucket',
};

/** The repository as Codecov names it, where its address tells: that of a well-known host does. */
export function codecovPlace(repository: string): string | undefined {
  if (repositoryProtocol(repository) === 'file') return undefined;
  const [, host = '', slug = ''] =
    /^(?:\w+:\/\/)?(?:[^@/]+@)?([^/:]+)(?::\d+)?[/:](.+?)(?:\.git)?\/?$/.exec(repository) ?? [];
  const place = `${wellKnown[host] ?? ''}/${slug}`;
  return isCodecovPlace(place) ? place : undefined;
}

/** What a package is called on Codecov: as its settings say, or as its address tells; `none` where it is not there. */
export function codecovName(setting: {
  readonly codecov?: string;
  readonly repository: string;
}): string | undefined {
  return setting.codecov ?? codecovPlace(setting.repository);
}
