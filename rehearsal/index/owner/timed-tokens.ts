import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a token was for; one of another purpose is none. */
export type Purpose = 'session' | 'two-factor' | 'confirm-login' | 'remember-device';

/** How long tokens of each purpose count, in seconds. */
const lifetimes: Readonly<Record<Purpose, number>> = {
  session: 12 * 3600,
  'two-factor': 5 * 60,
  'confirm-login': 6 * 3600,
  'remember-device': 30 * 24 * 3600,
};

/** Signed tokens that carry some data and the whole second in which they were made. */
export class TimedTokens {
  readonly #key = randomBytes(32);
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  sign(purpose: Purpose, data: Readonly<Record<string, string>>): string {
    const at = Math.floor(this.#now().getTime() / 1000);
    const payload = Buffer.from(JSON.stringify({ data, at })).toString('base64url');
    return `${payload}.${this.#signature(purpose, payload).toString('base64url')}`;
  }

  /** What a token carries and when it was made, in seconds; undefined for one that is not ours or too old. */
  read(
    purpose: Purpose,
    token: string,
  ): { readonly data: Readonly<Record<string, string>>; readonly at: number } | undefined {
    const [payload = '', signature = ''] = token.split('.');
    const [expected, actual] = [this.#signature(purpose, payload), Buffer.from(signature, 'base64url')];
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
    const signed = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      data: Record<string, string>;
      at: number;
    };
    return this.#now().getTime() / 1000 - signed.at > lifetimes[purpose] ? undefined : signed;
  }

  #signature(purpose: Purpose, payload: string): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}.${payload}`).digest();
  }
}
