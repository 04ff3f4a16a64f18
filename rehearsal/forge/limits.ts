import { Refusal } from './http.js';

const hour = 3_600_000;

/** Counts each account's requests by the hour, as GitHub does; times are in milliseconds. */
export class Limits {
  readonly #limit: number;
  readonly #now: () => Date;
  readonly #used = new Map<string, { used: number; reset: number }>();

  constructor(limit: number, now: () => Date) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts one request; refuses it when the hour's are used up. */
  take(login: string | undefined): void {
    const window = this.#window(login);
    if (window.used >= this.#limit) throw this.#exceeded(login);
    window.used += 1;
  }

  /** Gives one request back: what had not changed does not count. */
  giveBack(login: string | undefined): void {
    this.#window(login).used -= 1;
  }

  /** Uses up the account's requests until then. */
  exhaust(login: string | undefined, seconds: number): Refusal {
    const reset = this.#now().getTime() + seconds * 1000;
    this.#used.set(login ?? '', { used: this.#limit, reset });
    return this.#exceeded(login);
  }

  /** The headers that every answer has. */
  headers(login: string | undefined): Record<string, string> {
    const { limit, remaining, reset, used } = this.overview(login);
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(reset),
      'x-ratelimit-used': String(used),
      'x-ratelimit-resource': 'core',
    };
  }

  /** `rate-limit`; the reset is in seconds since 1970. */
  overview(login: string | undefined): { limit: number; remaining: number; reset: number; used: number } {
    const { used, reset } = this.#window(login);
    const limit = this.#limit;
    return { limit, remaining: limit - used, reset: Math.ceil(reset / 1000), used };
  }

  #window(login: string | undefined): { used: number; reset: number } {
    const now = this.#now().getTime();
    const known = this.#used.get(login ?? '');
    if (known !== undefined && known.reset > now) return known;
    const fresh = { used: 0, reset: now + hour };
    this.#used.set(login ?? '', fresh);
    return fresh;
  }

  #exceeded(login: string | undefined): Refusal {
    return new Refusal(403, `API rate limit exceeded for ${login ?? 'this address'}.`);
  }
}

/** GitHub's request for a pause. */
export function secondaryLimit(retryAfter: number, status: number): Refusal {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return new Refusal(status, message, { headers: { 'retry-after': String(retryAfter) } });
}
