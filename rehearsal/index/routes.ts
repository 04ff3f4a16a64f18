import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { apiYank } from './api-yank.js';
import { provenanceDocument } from './attestations.js';
import { failure, moved, type Exchange, type FileBody, type Reply } from './http.js';
import { latestRelease, releaseDocument } from './json-api.js';
import { normalizeName } from './names.js';
import { ownersRequest } from './owner.js';
import { negotiate, projectPage, renderProject, renderProjects, type SimplePage } from './simple-pages.js';
import type { Site } from './site.js';
import type { Unavailable } from './pass-through.js';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly answer: (context: Context) => Reply | Promise<Reply>;
}

interface Context {
  readonly exchange: Exchange;
  readonly site: Site;
  /** What the path's groups matched. */
  readonly parts: readonly string[];
  readonly body: string;
}

/** Answers every request but an upload. */
export async function answer(exchange: Exchange, body: string, site: Site): Promise<Reply> {
  const page = site.ownersPages?.answer(exchange, body);
  if (page !== undefined) return page;
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method;
  const here = routes.filter((route) => route.path.test(exchange.path));
  const route = here.find((each) => each.method === method);
  if (route === undefined) return here.length > 0 ? failure(405, 'Method Not Allowed') : notFound;
  const parts = route.path.exec(exchange.path)?.slice(1) ?? [];
  return route.answer({ exchange, site, parts, body });
}

const notFound = failure(404, 'Not Found');

const NAME = '([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)';
const DIGEST = '([0-9a-f]{64})';

const routes: readonly Route[] = [
  { method: 'GET', path: /^\/(?:help\/)?$/, answer: about },
  { method: 'GET', path: /^\/simple\/$/, answer: projectList },
  { method: 'GET', path: new RegExp(`^/simple/${NAME}(/?)$`), answer: projectSimple },
  { method: 'GET', path: new RegExp(`^/pypi/${NAME}/json/?$`), answer: projectJson },
  { method: 'GET', path: new RegExp(`^/pypi/${NAME}/([^/]+)/json/?$`), answer: releaseJson },
  { method: 'GET', path: new RegExp(`^/files/${DIGEST}/([^/]+)$`), answer: ownFile },
  { method: 'GET', path: new RegExp(`^/upstream/${NAME}/${DIGEST}/([^/]+)$`), answer: upstreamFile },
  { method: 'GET', path: new RegExp(`^/integrity/${NAME}/([^/]+)/([^/]+)/provenance$`), answer: provenance },
  { method: 'GET', path: /^\/_\/oidc\/audience$/, answer: ({ site }) => site.trustedPublishing.audience() },
  {
    method: 'POST',
    path: /^\/_\/oidc\/mint-token$/,
    answer: ({ site, body }) => site.trustedPublishing.mint(body),
  },
  {
    method: 'POST',
    path: /^\/yank\/$/,
    answer: ({ exchange, site, body }) => apiYank(exchange, body, site),
  },
  { method: 'POST', path: /^\/legacy$/, answer: missingSlash },
  {
    method: 'POST',
    path: /^\/stand-in\/(yank|unyank)$/,
    answer: ({ exchange, site, parts, body }) =>
      ownersRequest(parts[0] === 'yank' ? 'yank' : 'unyank', exchange, body, site),
  },
];

function about({ site }: Context): Reply {
  const text = `This is a stand-in of a Python package index, for rehearsals on this machine: ${site.url}`;
  return { status: 200, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: `${text}\n` };
}

function projectList({ exchange }: Context): Reply {
  const type = negotiate(exchange.headers.accept);
  return cached(exchange, renderProjects(exchange.view, type), type, exchange.view.serial);
}

async function projectSimple({ exchange, site, parts: [spelling = '', slash] }: Context): Promise<Reply> {
  const name = normalizeName(spelling);
  if (name !== spelling || slash !== '/') return moved(`/simple/${name}/`);
  const page = await findPage(name, exchange, site);
  if ('reason' in page) return failure(page.status, page.reason);
  const type = negotiate(exchange.headers.accept);
  return cached(exchange, renderProject(page, type), type, page.serial);
}

async function findPage(name: string, { view }: Exchange, site: Site): Promise<SimplePage | Unavailable> {
  const project = view.project(name);
  if (project !== undefined) return projectPage(project, site.url);
  const isOwn = site.own.has(name) || site.store.state.project(name) !== undefined;
  const upstream = isOwn ? undefined : await site.passThrough?.page(name, site.url);
  return upstream ?? { status: 404, reason: 'Not Found' };
}

function cached(exchange: Exchange, body: string, type: string, serial: number | undefined): Reply {
  const etag = `"${createHash('md5').update(type).update(body).digest('base64url')}"`;
  const headers = {
    'content-type': type === 'text/html' ? 'text/html; charset=UTF-8' : type,
    'cache-control': 'max-age=600, public',
    vary: 'Accept',
    etag,
    ...(serial === undefined ? {} : { 'x-pypi-last-serial': String(serial) }),
  };
  if (exchange.headers['if-none-match'] === etag) return { status: 304, headers };
  return { status: 200, headers, body };
}

function projectJson({ exchange, site, parts: [spelling = ''] }: Context): Reply {
  const project = exchange.view.project(spelling);
  const release = project && latestRelease(project);
  if (project === undefined || release === undefined) return notFound;
  if (project.name !== spelling) return moved(`/pypi/${project.name}/json`);
  return json(releaseDocument(project, release, site.url, true), project.serial);
}

function releaseJson({ exchange, site, parts: [spelling = '', version = ''] }: Context): Reply {
  const project = exchange.view.project(spelling);
  const release = exchange.view.release(spelling, version);
  if (project === undefined || release === undefined || release.quarantined) return notFound;
  if (project.name !== spelling) return moved(`/pypi/${project.name}/${version}/json`);
  return json(releaseDocument(project, release, site.url, false), project.serial);
}

function provenance({ exchange, parts: [spelling = '', version = '', filename] }: Context): Reply {
  const file = exchange.view.release(spelling, version)?.files.find((it) => it.filename === filename);
  if (file?.provenance === undefined) return notFound;
  const headers = { 'content-type': 'application/vnd.pypi.integrity.v1+json' };
  return { status: 200, headers, body: JSON.stringify(provenanceDocument(file.provenance)) };
}

function json(body: string, serial: number): Reply {
  const headers = { 'cache-control': 'max-age=900, public', 'x-pypi-last-serial': String(serial) };
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: `${body}\n` };
}

async function ownFile({ site, parts: [sha256 = '', filename = ''] }: Context): Promise<Reply> {
  for (const file of site.store.state.files()) {
    if (file.sha256 !== sha256) continue;
    if (file.filename === filename) return storedBytes(site.store.filePath(sha256));
    if (file.metadataSha256 !== undefined && `${file.filename}.metadata` === filename) {
      return storedBytes(site.store.filePath(file.metadataSha256));
    }
  }
  return notFound;
}

async function upstreamFile({
  site,
  parts: [spelling = '', sha256 = '', filename = ''],
}: Context): Promise<Reply> {
  const file = await site.passThrough?.file(normalizeName(spelling), sha256, filename);
  if (file === undefined) return notFound;
  return 'reason' in file ? failure(file.status, file.reason) : bytes(file);
}

async function storedBytes(path: string): Promise<Reply> {
  return bytes({ path, size: (await stat(path)).size });
}

/** Files are named by their digest, so that what was read once never changes. */
function bytes(body: FileBody): Reply {
  const headers = {
    'content-type': 'application/octet-stream',
    'cache-control': 'max-age=365000000, immutable, public',
  };
  return { status: 200, headers, body };
}

function missingSlash(): Reply {
  const reason =
    'An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)';
  return failure(308, reason, { location: '/legacy/' });
}
