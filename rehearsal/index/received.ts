import { blake2b } from '@noble/hashes/blake2.js';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { paced, type Pace } from './http.js';
import { gather, readParts } from './multipart.js';
import type { FormFields } from './state.js';

/** PyPI's limit for one file, in bytes. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024;

const MAX_FIELD_BYTES = 4 * 1024 * 1024;

/** The file of an upload, at a path of its own. */
export interface ReceivedFile {
  readonly path: string;
  readonly filename: string;
  readonly contentType: string;
  /** In bytes; of a file above the limit only the limit's bytes were kept. */
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly blake2b256: string;
}

/** An upload form that has arrived whole. */
export interface ReceivedForm {
  readonly fields: FormFields;
  readonly file: ReceivedFile | undefined;
}

/**
 * Reads an upload form, writing its file to `path`; throws MalformedForm for what is no form.
 * `onFile` hears the file's name before its bytes are read at the given pace.
 */
export async function receiveForm(
  body: AsyncIterable<Buffer>,
  boundary: string,
  path: string,
  pace: Pace,
  onFile: (filename: string) => void,
): Promise<ReceivedForm> {
  const fields: Record<string, string[]> = {};
  let file: ReceivedFile | undefined;
  for await (const part of readParts(body, boundary)) {
    if (part.name === 'content' && part.filename !== undefined) {
      onFile(part.filename);
      const digests = await writeFile(path, paced(part.bytes, pace));
      file = { path, filename: part.filename, contentType: part.contentType ?? '', ...digests };
    } else {
      const value = (await gather(part.bytes, MAX_FIELD_BYTES)).toString('utf8');
      (fields[part.name] ??= []).push(value);
    }
  }
  return { fields, file };
}

async function writeFile(path: string, bytes: AsyncIterable<Buffer>): Promise<Digests> {
  const file = await open(path, 'w');
  const digests = new FileDigests();
  try {
    for await (const chunk of bytes) {
      if (digests.size < MAX_FILE_BYTES) await file.writeFile(chunk);
      digests.update(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return digests.end();
}

type Digests = Pick<ReceivedFile, 'size' | 'md5' | 'sha256' | 'blake2b256'>;

/** The size and the three digests that an index keeps of a file. */
export class FileDigests {
  size = 0;
  readonly #md5 = createHash('md5');
  readonly #sha256 = createHash('sha256');
  // Node has BLAKE2b with digests of 512 bits only.
  readonly #blake2b = blake2b.create({ dkLen: 32 });

  update(chunk: Buffer): void {
    this.size += chunk.length;
    this.#md5.update(chunk);
    this.#sha256.update(chunk);
    this.#blake2b.update(chunk);
  }

  end(): Digests {
    const [md5, sha256] = [this.#md5.digest('hex'), this.#sha256.digest('hex')];
    const blake2b256 = Buffer.from(this.#blake2b.digest()).toString('hex');
    return { size: this.size, md5, sha256, blake2b256 };
  }
}
