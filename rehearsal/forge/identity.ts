import { generateKeyPairSync, randomUUID } from 'node:crypto';

import { signToken, type Claims } from '../serving/web-token.js';

/** What signs who a job is, for others to trust. */
export interface IdentityProvider {
  readonly issuer: string;
  /** RSA, in PEM. */
  readonly publicKey: string;
  /** A token for one reader, good for five minutes. */
  issue(audience: string, claims: Claims): string;
}

/** Makes one with a key of its own. */
export function makeIdentityProvider(issuer: string): IdentityProvider {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    issuer,
    publicKey,
    issue(audience, claims) {
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now, exp: now + 300, jti: randomUUID() };
      return signToken({ ...claims, ...times, iss: issuer, aud: audience }, privateKey);
    },
  };
}
