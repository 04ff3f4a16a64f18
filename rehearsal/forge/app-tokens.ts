import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { claimsOf, isSignedBy } from '../serving/web-token.js';
import { Refusal } from './http.js';
import type { KnownAccount } from './site.js';

const hour = 3_600_000;

/** The tokens that apps get with their keys; like GitHub's they end after an hour, and with the stand-in. */
export class AppTokens {
  readonly #now: () => Date;
  readonly #issued = new Map<string, { readonly login: string; readonly ends: number }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  issue(login: string): { token: string; endsAt: string } {
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    const ends = this.#now().getTime() + hour;
    this.#issued.set(token, { login, ends });
    return { token, endsAt: new Date(ends).toISOString() };
  }

  /** Whose token it is, while it has not ended. */
  loginOf(token: string): string | undefined {
    const issued = this.#issued.get(token);
    return issued !== undefined && issued.ends > this.#now().getTime() ? issued.login : undefined;
  }

  /** The app that has signed a JSON web token; refuses any other. */
  appOf(webToken: string, accounts: readonly KnownAccount[]): KnownAccount {
    const claims = appClaims(webToken);
    const account = accounts.find(({ app }) => String(app?.id) === String(claims.iss));
    if (account?.app === undefined) throw notDecoded();
    if (!isSignedBy(webToken, account.app.publicKey)) throw notDecoded();
    const seconds = claims.exp - this.#now().getTime() / 1000;
    if (seconds <= 0) throw new Refusal(401, "'Expiration time' claim ('exp') must be in the future");
    if (seconds > 660) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
    return account;
  }
}

const claimsSchema = z.object({ iss: z.union([z.string(), z.number()]), exp: z.number() });

function appClaims(webToken: string): z.output<typeof claimsSchema> {
  const read = claimsSchema.safeParse(claimsOf(webToken));
  if (!read.success) throw notDecoded();
  return read.data;
}

function notDecoded(): Refusal {
  return new Refusal(401, 'A JSON web token could not be decoded');
}
