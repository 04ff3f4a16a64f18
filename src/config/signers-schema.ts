import { z } from 'zod';

import { signableGates } from '../contract/signing.js';
import { text } from './schema.js';
import { keyOf } from './signers.js';

const publicKey = text
  .refine(
    (value) => keyOf(value) !== undefined,
    'must be a public key as its .pub file has it: "ssh-ed25519 AAAA…"',
  )
  .transform((value) => keyOf(value) ?? value);

/** The public keys of a person. */
export const publicKeys = z
  .array(publicKey, { error: 'must be a list of public keys, such as ["ssh-ed25519 AAAA…"]' })
  .default([])
  .describe('The public SSH keys with which the person signs approvals.');

/** The gates whose approvals have to be signed; what cannot be undone, what puts a bad version back, and what changes who approves, by default. */
export const signatureGates = z
  .array(z.enum(signableGates, { error: `must be one of ${signableGates.join(', ')}` }), {
    error: 'must be a list of gates, such as ["production", "un-yank", "amend"], or []',
  })
  .default(['production', 'un-yank', 'amend']);
