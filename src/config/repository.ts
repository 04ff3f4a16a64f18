export type RepositoryProtocol = 'https' | 'http' | 'ssh' | 'file';

/** How git would reach a repository, or undefined where the address is none that the service uses. */
export function repositoryProtocol(address: string): RepositoryProtocol | undefined {
  if (/[\s\p{Cc}]/u.test(address)) return undefined;
  if (address.startsWith('/')) return 'file';
  if (/^[A-Za-z0-9][\w.-]*@[A-Za-z0-9][\w.-]*:[^-:/]/.test(address)) return 'ssh';
  if (!URL.canParse(address)) return undefined;
  return protocolOf(new URL(address));
}

function protocolOf(url: URL): RepositoryProtocol | undefined {
  if (url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:')) return undefined;
  if (url.protocol === 'file:') return url.hostname === '' ? 'file' : undefined;
  if (!/^[A-Za-z0-9[]/.test(url.hostname)) return undefined;
  return (['https', 'http', 'ssh'] as const).find(
    (name) => url.protocol === `${name}:` && (name !== 'http' || isLoopback(url.hostname)),
  );
}

/** Whether a URL's host name is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Whether it names a folder that is relative to some other one, and nothing that git could take for an address. */
export function isRelativeFolder(address: string): boolean {
  return /^(?!-)[^:@\s\p{Cc}]+$/u.test(address) && !address.startsWith('/');
}

/** What a repository's address may be, for messages. */
export const repositoryForms =
  'must be https://…, ssh://…, user@host:path, file:///… or a folder, without a password (and http:// on loopback only)';
