import { escapeHtml } from '../serving/html.js';
import { byVersion } from './names.js';
import type { IndexState, Project, Release, StoredFile } from './state.js';

/** One project in the simple index, whoever holds it. */
export interface SimplePage {
  /** The normalised name. */
  readonly name: string;
  readonly serial?: number | undefined;
  readonly versions: readonly string[];
  readonly files: readonly SimpleFile[];
}

/** One file of a project in the simple index. */
export interface SimpleFile {
  readonly filename: string;
  readonly url: string;
  readonly sha256: string;
  readonly requiresPython: string | null;
  /** In bytes. */
  readonly size?: number | undefined;
  /** ISO 8601 in UTC. */
  readonly uploaded?: string | undefined;
  /** The reason, or `true` when none was given. */
  readonly yanked: false | true | string;
  /** Digest of the core metadata that is served beside the file. */
  readonly metadataSha256?: string | undefined;
  /** Where it is told who published it. */
  readonly provenance?: string | undefined;
}

/** The forms in which pages are served, in the order of preference among equals. */
export const SIMPLE_TYPES = [
  'text/html',
  'application/vnd.pypi.simple.v1+html',
  'application/vnd.pypi.simple.v1+json',
] as const;
export type SimpleType = (typeof SIMPLE_TYPES)[number];

const API_VERSION = '1.4';

/** The page of a project that the index holds; `url` is the index's root. */
export function projectPage(project: Project, url: string): SimplePage {
  const releases = [...project.releases.values()]
    .filter(({ files, quarantined }) => files.length > 0 && !quarantined)
    .sort((one, other) => byVersion(one.version, other.version));
  return {
    name: project.name,
    serial: project.serial,
    versions: releases.map(({ version }) => version),
    files: releases.flatMap((release) =>
      release.files.toSorted(byFilename).map((file) => simpleFile(file, project.name, release, url)),
    ),
  };
}

/** Where the index serves a file. */
export function fileUrl(file: StoredFile, url: string): string {
  return `${url}files/${file.sha256}/${file.filename}`;
}

/** Orders files by name. */
export function byFilename(one: StoredFile, other: StoredFile): number {
  return one.filename < other.filename ? -1 : 1;
}

function simpleFile(
  file: Release['files'][number],
  project: string,
  release: Release,
  url: string,
): SimpleFile {
  return {
    filename: file.filename,
    url: fileUrl(file, url),
    sha256: file.sha256,
    requiresPython: release.metadata['requires_python']?.[0] ?? null,
    size: file.size,
    uploaded: file.uploaded,
    yanked: release.yanked,
    metadataSha256: file.metadataSha256,
    provenance:
      file.provenance && `${url}integrity/${project}/${release.version}/${file.filename}/provenance`,
  };
}

/** Renders a project's page by PEP 691 or PEP 503. */
export function renderProject(page: SimplePage, type: SimpleType): string {
  if (type !== 'application/vnd.pypi.simple.v1+json') return projectHtml(page);
  return JSON.stringify({
    meta: { 'api-version': API_VERSION, '_last-serial': page.serial },
    name: page.name,
    'project-status': { status: 'active' },
    versions: page.versions,
    files: page.files.map((file) => {
      const metadata = file.metadataSha256 === undefined ? false : { sha256: file.metadataSha256 };
      return {
        filename: file.filename,
        url: file.url,
        hashes: { sha256: file.sha256 },
        'requires-python': file.requiresPython,
        size: file.size,
        'upload-time': file.uploaded,
        yanked: file.yanked,
        'data-dist-info-metadata': metadata,
        'core-metadata': metadata,
        provenance: file.provenance ?? null,
      };
    }),
  });
}

/** Renders the list of the projects that the index holds. */
export function renderProjects(state: IndexState, type: SimpleType): string {
  const projects = [...state.projects.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  if (type === 'application/vnd.pypi.simple.v1+json') {
    return JSON.stringify({
      meta: { 'api-version': API_VERSION, '_last-serial': state.serial },
      projects: projects.map(({ spelling, serial }) => ({ name: spelling, '_last-serial': serial })),
    });
  }
  const links = projects.map(
    ({ name, spelling }) => `<a href="/simple/${name}/">${escapeHtml(spelling)}</a>`,
  );
  return htmlPage('Simple index', links);
}

/** The form that a client accepts best; HTML for one that accepts none. */
export function negotiate(accept: string | undefined): SimpleType {
  const ranges = (accept ?? '*/*').split(',').map(parseRange);
  const scored = SIMPLE_TYPES.map((type) => ({ type, quality: quality(type, ranges) }));
  const best = scored.reduce((one, other) => (other.quality > one.quality ? other : one));
  return best.quality > 0 ? best.type : 'text/html';
}

interface MediaRange {
  readonly range: string;
  readonly quality: number;
}

function parseRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { range, quality: weight === undefined ? 1 : Number(weight) || 0 };
}

function quality(type: SimpleType, ranges: readonly MediaRange[]): number {
  for (const wanted of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const found = ranges.find(({ range }) => range === wanted);
    if (found !== undefined) return found.quality;
  }
  return 0;
}

function projectHtml(page: SimplePage): string {
  const links = page.files.map((file) => {
    const attributes = [`href="${escapeHtml(`${file.url}#sha256=${file.sha256}`)}"`];
    if (file.requiresPython !== null) {
      attributes.push(`data-requires-python="${escapeHtml(file.requiresPython)}"`);
    }
    if (file.yanked !== false) {
      attributes.push(`data-yanked="${escapeHtml(file.yanked === true ? '' : file.yanked)}"`);
    }
    if (file.metadataSha256 !== undefined) {
      for (const name of ['data-dist-info-metadata', 'data-core-metadata']) {
        attributes.push(`${name}="sha256=${file.metadataSha256}"`);
      }
    }
    return `<a ${attributes.join(' ')}>${escapeHtml(file.filename)}</a><br />`;
  });
  return htmlPage(`Links for ${page.name}`, [`<h1>Links for ${escapeHtml(page.name)}</h1>`, ...links]);
}

function htmlPage(title: string, lines: readonly string[]): string {
  return [
    '<!DOCTYPE html>\n<html lang="en">\n  <head>',
    `    <meta name="pypi:repository-version" content="${API_VERSION}">`,
    `    <title>${escapeHtml(title)}</title>\n  </head>\n  <body>`,
    ...lines.map((line) => `    ${line}`),
    '  </body>\n</html>\n',
  ].join('\n');
}
