import { createHmac } from 'node:crypto';

/** How long a code counts, in milliseconds. */
export const codeMilliseconds = 30_000;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a seed in base32 at a time in milliseconds, by RFC 6238: SHA-1, 30 seconds, six digits. */
export function totpCode(seed: string, at: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / codeMilliseconds)));
  const digest = createHmac('sha1', seedBytes(seed)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** Whether a text is a seed: base32 in any letter case, with or without spaces and padding. */
export function isSeed(text: string): boolean {
  return /^[A-Z2-7]{16,}$/.test(plain(text));
}

function seedBytes(seed: string): Buffer {
  const bits = Array.from(plain(seed), (char) => alphabet.indexOf(char).toString(2).padStart(5, '0')).join(
    '',
  );
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function plain(seed: string): string {
  return seed.replaceAll(/[\s=-]/g, '').toUpperCase();
}
