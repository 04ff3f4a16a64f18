import { z } from 'zod';
import type { UpstreamOptions } from './contract.js';
import { KeptFiles, keepText, keptText } from './kept-files.js';
import type { FileBody } from './http.js';
import type { SimpleFile, SimplePage } from './simple-pages.js';

/** Why something of the upstream index cannot be had. */
export interface Unavailable {
  readonly status: 404 | 502;
  readonly reason: string;
}

const FRESH_FOR = 6 * 60 * 60 * 1000;
const PAGE_TIMEOUT = 15_000;
const REST = 60_000;
const USER_AGENT = 'slipway-index-stand-in (local rehearsal, read-only)';

const upstreamPage = z.object({
  meta: z.object({ '_last-serial': z.coerce.number().optional() }).default({}),
  name: z.string(),
  versions: z.array(z.string()).default([]),
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()),
      'requires-python': z.string().nullish(),
      size: z.number().optional(),
      'upload-time': z.string().nullish(),
      yanked: z.union([z.boolean(), z.string()]).default(false),
      'core-metadata': z.union([z.boolean(), z.record(z.string(), z.string())]).default(false),
    }),
  ),
});

const keptPage = z.object({
  fetchedAt: z.number(),
  etag: z.string().optional(),
  /** The address that the page came from, against which its links are resolved. */
  url: z.string(),
  page: upstreamPage,
});
type KeptPage = z.infer<typeof keptPage>;

/** Reads another index on behalf of clients and keeps what was read, by name for pages and by sha256 for files. */
export class PassThrough {
  readonly #options: UpstreamOptions;
  readonly #signal: AbortSignal;
  readonly #files: KeptFiles;
  readonly #underWay = new Map<string, Promise<KeptPage | Unavailable>>();
  /** Until then an index that failed is not asked for pages that are here, if old: each could cost a time-out. */
  #restsUntil = 0;

  /** The signal ends what is under way. */
  constructor(options: UpstreamOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#files = new KeptFiles(options.cache, signal, { 'user-agent': USER_AGENT });
  }

  /** The page of a project by its normalised name, its links leading to the stand-in at `url`. */
  async page(name: string, url: string): Promise<SimplePage | Unavailable> {
    const kept = await this.#page(name);
    if ('reason' in kept) return kept;
    const { page } = kept;
    return {
      name,
      serial: page.meta['_last-serial'],
      versions: page.versions,
      files: page.files.flatMap((file) => localFile(name, file, url)),
    };
  }

  /** A file that the page of a project lists, or the core metadata beside it (`….metadata`). */
  async file(name: string, sha256: string, filename: string): Promise<FileBody | Unavailable> {
    const kept = await this.#page(name);
    if ('reason' in kept) return kept;
    for (const file of kept.page.files) {
      if (file.hashes['sha256'] !== sha256) continue;
      const url = new URL(file.url, kept.url).href;
      if (file.filename === filename) return this.#files.obtain(sha256, url);
      const metadata = metadataDigest(file);
      if (`${file.filename}.metadata` === filename && metadata !== undefined) {
        return this.#files.obtain(metadata, `${url}.metadata`);
      }
    }
    return { status: 404, reason: `The upstream index lists no such file of ${name}` };
  }

  #page(name: string): Promise<KeptPage | Unavailable> {
    const running = this.#underWay.get(name);
    if (running !== undefined) return running;
    const started = this.#freshPage(name).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, started);
    return started;
  }

  async #freshPage(name: string): Promise<KeptPage | Unavailable> {
    const place = `${this.#options.cache}/pages/${name}.json`;
    const kept = parseKept(await keptText(place));
    const now = Date.now();
    const isFresh = now - (kept?.fetchedAt ?? 0) < (this.#options.freshFor ?? FRESH_FOR);
    if (kept !== undefined && (isFresh || now < this.#restsUntil)) return kept;
    try {
      const fetched = await this.#fetchPage(name, kept);
      if (!('reason' in fetched)) await keepText(place, JSON.stringify(fetched));
      return fetched;
    } catch (error) {
      this.#restsUntil = Date.now() + REST;
      if (kept !== undefined) return kept;
      const reason = `The upstream index did not give the page of ${name}: ${describe(error)}`;
      return { status: 502, reason };
    }
  }

  async #fetchPage(name: string, kept: KeptPage | undefined): Promise<KeptPage | Unavailable> {
    const url = `${this.#options.simple.replace(/\/$/, '')}/${name}/`;
    const headers = {
      accept: 'application/vnd.pypi.simple.v1+json',
      'user-agent': USER_AGENT,
      ...(kept?.etag === undefined ? {} : { 'if-none-match': kept.etag }),
    };
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(PAGE_TIMEOUT)]);
    const response = await fetch(url, { headers, signal });
    const fetchedAt = Date.now();
    if (response.status === 304 && kept !== undefined) return { ...kept, fetchedAt };
    if (response.status === 404) return { status: 404, reason: `The upstream index has no project ${name}` };
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const page = upstreamPage.parse(await response.json());
    return { fetchedAt, etag: response.headers.get('etag') ?? undefined, url: response.url, page };
  }
}

/** A page that cannot be read, after a change of its form for instance, counts as not kept. */
function parseKept(text: string | undefined): KeptPage | undefined {
  try {
    return keptPage.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

type UpstreamFile = KeptPage['page']['files'][number];

/** Files without a sha256 are left out, because what cannot be verified is not passed on. */
function localFile(name: string, file: UpstreamFile, url: string): SimpleFile[] {
  const sha256 = file.hashes['sha256'];
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return [];
  return [
    {
      filename: file.filename,
      url: `${url}upstream/${name}/${sha256}/${encodeURIComponent(file.filename)}`,
      sha256,
      requiresPython: file['requires-python'] ?? null,
      yanked: file.yanked === '' ? true : file.yanked,
      size: file.size,
      uploaded: file['upload-time'] ?? undefined,
      metadataSha256: metadataDigest(file),
    },
  ];
}

function metadataDigest(file: UpstreamFile): string | undefined {
  const metadata = file['core-metadata'];
  return typeof metadata === 'boolean' ? undefined : metadata['sha256'];
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
