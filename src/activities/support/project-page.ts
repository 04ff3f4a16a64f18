import pep440 from '@renovatebot/pep440';
import { z } from 'zod';

import type { IndexedFile } from '../../contract/activities.js';
import { failure } from '../../contract/failures.js';
import type { IndexAddress } from '../../contract/release.js';
import { normaliseName } from '../../contract/version.js';
import { readPage } from './http.js';
import type { Network } from './network.js';
import { readAnchors } from './simple-html.js';

/** JSON (PEP 691); HTML is read only where an index has nothing else. */
const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.01';

const pageShape = z.object({
  versions: z.array(z.string()).default([]),
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()),
      yanked: z.union([z.boolean(), z.string()]).default(false),
      provenance: z.string().nullish(),
    }),
  ),
});

/** A file of a project as the index lists it. */
export interface ProjectFile extends IndexedFile {
  /** Absolute. */
  readonly url: string;
  /** What its name says; undefined where it says none after PEP 440. */
  readonly version?: string;
}

/** What an index lists of a project; a project that it does not know has no files. */
export interface ProjectPage {
  readonly versions: readonly string[];
  readonly files: readonly ProjectFile[];
}

/** Reads a project's page of the simple index, past every cache. */
export async function readProject(network: Network, index: IndexAddress, name: string): Promise<ProjectPage> {
  const address = new URL(`${normaliseName(name)}/`, index.simple).href;
  const files = (listed: readonly Omit<ProjectFile, 'version'>[]) =>
    listed.map((file) => {
      const version = versionOf(file.filename, name);
      const url = new URL(file.url, address).href.replace(/#.*$/, '');
      return { ...file, url, ...(version === undefined ? {} : { version }) };
    });
  const page = await readPage(network, address, {
    accept,
    json: (document) => {
      const { versions, files: listed } = pageShape.parse(document);
      return {
        versions,
        files: files(
          listed.map(({ hashes, provenance, ...file }) => ({
            ...file,
            sha256: hashes.sha256 ?? '',
            ...(provenance === undefined ? {} : { provenance: provenance !== null }),
          })),
        ),
      };
    },
    html: (text) => ({
      versions: [],
      files: files(
        readAnchors(text).map(({ href, sha256 = '', ...file }) => ({ ...file, url: href, sha256 })),
      ),
    }),
  });
  return page ?? { versions: [], files: [] };
}

/** The index holds a file of ours with bytes that are not ours. */
export function otherBytes(index: IndexAddress, filename: string, found: string, ours: string): Error {
  if (found === '')
    return failure('operator', {
      now: `${index.name} lists ${filename} without a sha256.`,
      not: 'Nobody can tell whether that file is ours.',
      next: 'Have the index list sha256 digests, then send `retry`; or `abort`.',
    });
  return failure('integrity', {
    now: `${index.name} holds ${filename} with sha256 ${found}.`,
    not: `Our file of that name has sha256 ${ours}; a file name can never be used again with other bytes.`,
    next: 'Find out who uploaded it. Then `abort`, and release another version.',
  });
}

/** Whether two versions are the same after PEP 440, as 1.0 and 1.0.0 are. */
export function sameVersion(one: string, other: string): boolean {
  return (
    one === other ||
    (pep440.valid(one) !== null && pep440.valid(other) !== null && pep440.compare(one, other) === 0)
  );
}

/** Whether two addresses are the same, however they are written: pip writes `+` as `%2B`. */
export function sameAddress(one: string, other: string): boolean {
  const plain = (address: string) => {
    const { origin, pathname, search } = new URL(address);
    return `${origin}${decodeURIComponent(pathname)}${search}`;
  };
  return plain(one) === plain(other);
}

function versionOf(filename: string, name: string): string | undefined {
  const stem = /^(.+?)(?:\.whl|\.tar\.gz|\.zip|\.tar\.bz2)$/.exec(filename)?.[1];
  if (stem === undefined) return undefined;
  const parts = stem.split('-');
  const candidates = filename.endsWith('.whl')
    ? [parts[1] ?? '']
    : parts.map((_, at) =>
        normaliseName(parts.slice(0, at).join('-')) === name ? parts.slice(at).join('-') : '',
      );
  return candidates.find((candidate) => pep440.valid(candidate) !== null);
}
