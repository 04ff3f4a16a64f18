import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileBody } from './http.js';

const DOWNLOAD_TIMEOUT = 10 * 60_000;

/**
 * Downloaded files by their sha256, verified when they arrive and again when a process first uses them.
 * Several processes may share the folder: a file appears under its name only when it is whole.
 */
export class KeptFiles {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #verified = new Set<string>();
  readonly #underWay = new Map<string, Promise<FileBody | { status: 502; reason: string }>>();

  constructor(folder: string, signal: AbortSignal, headers: Readonly<Record<string, string>>) {
    this.#folder = join(folder, 'files');
    this.#signal = signal;
    this.#headers = headers;
  }

  /** The file with that digest, downloaded from `url` when it is not here; callers at one time share one download. */
  obtain(sha256: string, url: string): Promise<FileBody | { status: 502; reason: string }> {
    const running = this.#underWay.get(sha256);
    if (running !== undefined) return running;
    const started = this.#obtain(sha256, url)
      .catch((error: Error) => ({
        status: 502 as const,
        reason: `The upstream index did not give ${url}: ${error.message}`,
      }))
      .finally(() => this.#underWay.delete(sha256));
    this.#underWay.set(sha256, started);
    return started;
  }

  async #obtain(sha256: string, url: string): Promise<FileBody> {
    const path = join(this.#folder, sha256);
    if (!(await this.#isWhole(path, sha256))) await this.#download(path, sha256, url);
    this.#verified.add(sha256);
    return { path, size: (await stat(path)).size };
  }

  async #isWhole(path: string, sha256: string): Promise<boolean> {
    const there = await stat(path).catch(() => undefined);
    if (there === undefined) return false;
    return this.#verified.has(sha256) || (await digestOf(path)) === sha256;
  }

  async #download(path: string, sha256: string, url: string): Promise<void> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT)]);
    const response = await fetch(url, { headers: this.#headers, signal });
    if (!response.ok || response.body === null) throw new Error(`it answered ${response.status}`);
    const hash = createHash('sha256');
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await inPlace(
      path,
      (temporary) => pipeline(response.body ?? [], hashing, createWriteStream(temporary)),
      () => {
        const digest = hash.digest('hex');
        if (digest !== sha256) throw new Error(`its sha256 is ${digest}, not ${sha256}`);
      },
    );
  }
}

/** The text of a file, or nothing when there is none. */
export async function keptText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Writes a file so that readers see the old or the new text and nothing between. */
export async function keepText(path: string, text: string): Promise<void> {
  await inPlace(path, (temporary) => writeFile(temporary, text));
}

async function inPlace(
  path: string,
  write: (temporary: string) => Promise<void>,
  verify: () => void = () => undefined,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  try {
    await write(temporary);
    verify();
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
