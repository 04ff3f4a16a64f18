import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { failure } from '../../contract/failures.js';
import type { Digest } from '../../contract/release.js';

/** Keeps bytes by their sha256, and names for some of them. */
export interface ArtifactStore {
  put(bytes: Uint8Array | string): Promise<Digest>;
  /** Whether bytes of this name are there, without a look at them. */
  has(digest: Digest): Promise<boolean>;
  /** Reads and verifies; bytes that are missing or changed are an integrity failure. */
  get(digest: Digest): Promise<Buffer>;
  /** Binds a name such as `build/<key>` to a digest, in place of what it named before. */
  setName(name: string, digest: Digest): Promise<void>;
  /** What a name stands for, or undefined. */
  readName(name: string): Promise<Digest | undefined>;
}

/** An artifact store in a folder that all workers of the machine share. */
export function folderStore(folder: string): ArtifactStore {
  const place = (digest: Digest) => path.join(folder, 'sha256', digest.slice(0, 2), digest);
  const named = (name: string) => path.join(folder, 'names', `${encodeURIComponent(name)}`);
  return {
    async put(bytes) {
      const digest = createHash('sha256').update(bytes).digest('hex');
      await writeDurably(place(digest), bytes);
      return digest;
    },
    async has(digest) {
      return access(place(digest)).then(
        () => true,
        () => false,
      );
    },
    async get(digest) {
      const bytes = await readFile(place(digest)).catch(() => undefined);
      const found = bytes === undefined ? 'nothing' : createHash('sha256').update(bytes).digest('hex');
      if (bytes === undefined || found !== digest)
        throw failure('integrity', {
          now: `The artifact store holds ${found} where sha256 ${digest} belongs.`,
          not: 'The bytes that were kept are not there any more.',
          next: 'Put the file back from a backup of the store, then send `retry`; or `abort`.',
        });
      return bytes;
    },
    async setName(name, digest) {
      await writeDurably(named(name), digest);
    },
    async readName(name) {
      return readFile(named(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        // Only what was never kept may be made anew.
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
    },
  };
}

/** Writes a file so that it is there whole or not at all, even if the machine stops. */
async function writeDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.new`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
