import { Refusal } from './http.js';
import type { KnownAccount, Site } from './site.js';

/** Who sends a request, by its `authorization`. */
export type Asking =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'somebody'; readonly account: KnownAccount }
  /** A JSON web token, which is good for nothing but an app's own paths. */
  | { readonly kind: 'app'; readonly webToken: string }
  /** A token that nobody has. */
  | { readonly kind: 'unknown' };

/** Who sends a request. */
export function whoAsks(site: Site, authorization: string | undefined): Asking {
  if (authorization === undefined) return { kind: 'nobody' };
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (/^bearer$/i.test(scheme) && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value))
    return { kind: 'app', webToken: value };
  // Git sends a name and a password; either may be the token.
  const basic = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString('utf8').split(':') : [value];
  for (const token of basic.filter((it) => it !== '')) {
    const issued = site.appTokens.loginOf(token);
    const account = site.accounts.find(
      (it) => it.token === token || (issued !== undefined && it.login === issued),
    );
    if (account !== undefined) return { kind: 'somebody', account };
  }
  return { kind: 'unknown' };
}

/** The account of who asks, or nobody's; refuses a bad token. */
export function accountAsking(asking: Asking): KnownAccount | undefined {
  if (asking.kind === 'unknown' || asking.kind === 'app') throw new Refusal(401, 'Bad credentials');
  return asking.kind === 'somebody' ? asking.account : undefined;
}
