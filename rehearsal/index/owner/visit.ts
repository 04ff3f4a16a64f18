import type { Mail } from '../contract.js';
import type { Exchange, Reply } from '../http.js';
import type { Store } from '../store.js';
import type { People, Person } from './people.js';
import type { Session, Sessions } from './sessions.js';
import type { TimedTokens } from './timed-tokens.js';

/** What the owner's pages share. */
export interface OwnersDesk {
  readonly store: Store;
  readonly people: People;
  readonly sessions: Sessions;
  readonly tokens: TimedTokens;
  readonly mails: Mail[];
  /** Names of boxes that have to be ticked in a yank form. */
  readonly boxes: readonly string[];
}

/** One request of the owner's pages while it is being answered. */
export interface Visit {
  readonly desk: OwnersDesk;
  readonly exchange: Exchange;
  readonly session: Session;
  /** How the visitor addresses the site: scheme and host. */
  readonly origin: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly cookies: ReadonlyMap<string, string>;
  /** Cookies that the answer sets beside the session's, as header values. */
  readonly setCookies: string[];
}

/** Whoever is logged in. */
export function visitor({ desk, session }: Visit): Person | undefined {
  return session.user === undefined ? undefined : desk.people.find(session.user);
}

/** Sends the visitor to a path of the site; the address is absolute. */
export function seeOther({ origin }: Visit, path: string): Reply {
  return { status: 303, headers: { location: new URL(path, origin).href } };
}

/** The value of a Set-Cookie header; the browser gets it back for this path. */
export function cookie(visit: Visit, name: string, value: string, more: readonly string[]): string {
  const secure = visit.origin.startsWith('https:') ? ['Secure'] : [];
  return [`${name}=${value}`, ...more, ...secure].join('; ');
}

/** The address of a page of the site that may follow a login; undefined for one elsewhere. */
export function safePath({ origin }: Visit, next: string | null): string | undefined {
  if (next === null || next === '' || !URL.canParse(next, origin)) return undefined;
  const url = new URL(next, origin);
  return url.origin === origin ? `${url.pathname}${url.search}` : undefined;
}
