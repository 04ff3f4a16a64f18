import { createSign, createVerify } from 'node:crypto';

import { z } from 'zod';

/** The claims of a token that somebody has signed; which they are is for its reader to judge. */
export type Claims = Readonly<Record<string, unknown>>;

const claimsShape = z.record(z.string(), z.unknown());

/** Signs claims as a JSON web token, with an RSA key in PEM. */
export function signToken(claims: Claims, privateKey: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

/** What a token claims, whoever has signed it; undefined where it is none. */
export function claimsOf(token: string): Claims | undefined {
  try {
    return claimsShape.parse(
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')),
    );
  } catch {
    return undefined;
  }
}

/** Whether the key has signed a token. */
export function isSignedBy(token: string, publicKey: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(publicKey, signature, 'base64url');
}
