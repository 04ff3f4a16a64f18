import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { Digest } from './release.js';

/** JSON with sorted keys and without white space, so that equal values have equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The sha256 of a value's canonical JSON; runs inside a workflow, so it is pure. */
export function digestOf(value: unknown): Digest {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

/** The first twelve digits, which people read and may type. */
export function short(digest: string): string {
  return digest.slice(0, 12);
}
