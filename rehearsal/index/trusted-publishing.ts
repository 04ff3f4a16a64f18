import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import { claimsOf, isSignedBy, type Claims } from '../serving/web-token.js';
import type { Token, Trust, TrustedPublisher } from './contract.js';
import type { Reply } from './http.js';

const audience = 'index-stand-in';
const lifetimeMilliseconds = 900_000;

const bodyShape = z.object({ token: z.string() });

/** Gives short-lived tokens of one project to workflows that prove who they are, by PyPI's rules. */
export class TrustedPublishing {
  readonly #trust: Trust | undefined;
  readonly #now: () => Date;
  readonly #minted: { readonly token: Token; readonly ends: number }[] = [];
  readonly #used = new Set<unknown>();

  constructor(trust: Trust | undefined, now: () => Date) {
    this.#trust = trust;
    this.#now = now;
  }

  /** The tokens that have not ended; none outlives the stand-in. */
  get tokens(): Token[] {
    return this.#minted.filter(({ ends }) => ends > this.#now().getTime()).map(({ token }) => token);
  }

  /** Answers which audience an identity token has to be for. */
  audience(): Reply {
    if (this.#trust === undefined)
      return json(403, { message: 'Trusted publishing functionality not enabled' });
    return json(200, { audience });
  }

  /** Answers an identity token with a token to upload with. */
  mint(body: string): Reply {
    const read = bodyShape.safeParse(parse(body));
    if (!read.success) return refusal('invalid-payload', 'no token was sent');
    const claims = this.#verified(read.data.token);
    if (claims === undefined) return refusal('invalid-token', 'malformed or invalid token');
    if (this.#used.has(claims.jti)) return refusal('invalid-reuse-token', 'invalid token: already used');
    const publisher = this.#trust?.publishers.find((candidate) => fits(candidate, claims));
    if (publisher === undefined)
      return refusal(
        'invalid-publisher',
        'valid token, but no corresponding publisher (Publisher with matching claims was not found)',
      );
    this.#used.add(claims.jti);
    const token = `pypi-minted-${randomBytes(18).toString('hex')}`;
    const ends = this.#now().getTime() + lifetimeMilliseconds;
    this.#minted.push({ token: { token, projects: [publisher.project], publisher }, ends });
    return json(200, { success: true, token, expires: Math.floor(ends / 1000) });
  }

  /** The claims of a token that the trusted issuer has signed for this index, while it has not ended. */
  #verified(token: string): Claims | undefined {
    const claims = claimsOf(token);
    if (this.#trust === undefined || claims === undefined || !isSignedBy(token, this.#trust.publicKey))
      return undefined;
    const alive = Number(claims.exp) > this.#now().getTime() / 1000;
    return alive && claims.iss === this.#trust.issuer && claims.aud === audience ? claims : undefined;
  }
}

function fits({ repository, workflow, environment }: TrustedPublisher, claims: Claims): boolean {
  const file = `${repository}/.github/workflows/${workflow}`;
  return (
    claims.repository === repository &&
    claims.repository_owner === repository.split('/')[0] &&
    claims.environment === environment &&
    [claims.ref, claims.sha].some((at) => claims.job_workflow_ref === `${file}@${String(at)}`)
  );
}

function refusal(code: string, description: string): Reply {
  const reply = json(422, { message: 'Token request failed', errors: [{ code, description }] });
  return { ...reply, reason: description };
}

function json(status: number, document: object): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
