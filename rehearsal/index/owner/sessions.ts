import { randomBytes, randomUUID } from 'node:crypto';

import type { TimedTokens } from './timed-tokens.js';

const lifetimeMilliseconds = 12 * 3600 * 1000;
const confirmedForMilliseconds = 30 * 60 * 1000;

interface Kept {
  readonly user?: string | undefined;
  readonly csrf?: string | undefined;
  /** When the password was last given, in milliseconds. */
  readonly confirmed?: number | undefined;
  readonly flashes: readonly string[];
}

/** The sessions of the owner's pages; each ends 12 hours after it was last saved. */
export class Sessions {
  readonly #kept = new Map<string, { readonly data: Kept; readonly saved: number }>();
  readonly #tokens: TimedTokens;
  readonly #now: () => Date;

  constructor(tokens: TimedTokens, now: () => Date) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** The session of a cookie, or a new one. */
  open(cookie: string | undefined): Session {
    const id = this.#tokens.read('session', cookie ?? '')?.data.id;
    const found = this.#kept.get(id ?? '');
    const alive = found !== undefined && this.#now().getTime() - found.saved <= lifetimeMilliseconds;
    return new Session(alive ? id : undefined, alive ? found.data : { flashes: [] }, this.#now);
  }

  /** Saves what has changed; returns the cookie that is to be set then. */
  save(session: Session): string | undefined {
    for (const id of session.ended) this.#kept.delete(id);
    if (!session.changed) return undefined;
    this.#kept.set(session.id, { data: session.data, saved: this.#now().getTime() });
    return this.#tokens.sign('session', { id: session.id });
  }
}

/** One session while a request is being answered. */
export class Session {
  changed = false;
  readonly ended: string[] = [];
  readonly #now: () => Date;
  #id: string | undefined;
  #data: Kept;

  constructor(id: string | undefined, data: Kept, now: () => Date) {
    this.#id = id;
    this.#data = data;
    this.#now = now;
  }

  get id(): string {
    return (this.#id ??= randomUUID());
  }

  get data(): Kept {
    return this.#data;
  }

  get user(): string | undefined {
    return this.#data.user;
  }

  /** The token that every form of this session has to send. */
  csrf(): string {
    const token = this.#data.csrf ?? randomBytes(32).toString('base64url');
    if (token !== this.#data.csrf) this.#change({ csrf: token });
    return token;
  }

  /** Begins anew for somebody who has logged in: another id and another CSRF token. */
  begin(user: string): void {
    if (this.#id !== undefined) this.ended.push(this.#id);
    this.#id = undefined;
    this.#change({ user, csrf: randomBytes(32).toString('base64url') });
    this.confirm();
  }

  /** Notes that the password was given just now. */
  confirm(): void {
    this.#change({ confirmed: this.#now().getTime() });
  }

  needsReauthentication(): boolean {
    return this.#now().getTime() - (this.#data.confirmed ?? 0) >= confirmedForMilliseconds;
  }

  flash(message: string): void {
    this.#change({ flashes: [...this.#data.flashes, message] });
  }

  takeFlashes(): readonly string[] {
    const { flashes } = this.#data;
    if (flashes.length > 0) this.#change({ flashes: [] });
    return flashes;
  }

  #change(data: Partial<Kept>): void {
    this.#data = { ...this.#data, ...data };
    this.changed = true;
  }
}
