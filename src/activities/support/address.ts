import { failure } from '../../contract/failures.js';

/** Where a repository with pull requests lives: the two last parts of its address's path name it. */
export interface RepositoryAddress {
  readonly host: string;
  /** Of its pages: `https://` and the host, unless the repository itself is read over http. */
  readonly origin: string;
  readonly owner: string;
  readonly repo: string;
}

/** Takes the address of a repository apart. */
export function addressParts(repository: string): RepositoryAddress {
  const url = new URL(URL.canParse(repository) ? repository : `ssh://${repository.replace(/:(?!\/)/, '/')}`);
  const [repo, owner] = url.pathname
    .replace(/\.git$/, '')
    .split('/')
    .reverse();
  if (repo === undefined || repo === '' || owner === undefined || owner === '')
    throw failure('operator', {
      now: `${repository} is given as a repository with pull requests.`,
      not: 'It does not end in owner/name.',
      next: 'Mend `repository` of the package in slipway.toml, restart the worker and send `retry`.',
    });
  const origin = url.protocol.startsWith('http') ? url.origin : `https://${url.hostname}`;
  return { host: url.hostname, origin, owner, repo };
}
