import type { Identity } from './git.js';
import type { KnownAccount } from './site.js';

/** The committer of what GitHub commits itself. */
export const github: Identity = { name: 'GitHub', email: 'noreply@github.com' };

/** An account as the author of a commit. */
export function identityOf({ id, login }: KnownAccount): Identity {
  return { name: login, email: `${id}+${login}@users.noreply.github.com` };
}
