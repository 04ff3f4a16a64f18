import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

import { z } from 'zod';

import { closeServer, listenOnLoopback, parseJson, readBody } from '../loopback.js';
import { mergeReports, processUpload, totalsOf, type Report } from './reports.js';

/** How the stand-in misbehaves: 503 to everything; nothing, or nothing with success, becomes of what is uploaded. */
export type Fault = 'down' | 'never-processes' | 'cannot-process';

/** One upload as it stands. */
export interface StoredUpload {
  readonly id: string;
  /** `github/owner/name`. */
  readonly repository: string;
  readonly commit: string;
  readonly branch: string;
  readonly name: string | null;
  readonly flags: readonly string[];
  state: 'started' | 'merged' | 'error';
  /** What was put into the storage, until it is processed. */
  payload?: unknown;
  report?: Report;
}

/** A running stand-in of Codecov, on loopback: what codecovcli uploads to, and the parts of its API that are read. */
export interface CoverageService {
  readonly url: string;
  uploads(): readonly Readonly<StoredUpload>[];
  /** Every request so far, as `GET /path`. */
  requests(): readonly string[];
  misbehave(fault: Fault): void;
  /** Misbehaves no more; what was left lying is processed after the next look. */
  behave(): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Call {
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

const commitShape = z.object({ commitid: z.string().regex(/^[0-9a-f]{40}$/), branch: z.string() });
const uploadShape = z.object({ name: z.string().nullable(), flags: z.array(z.string()) });

/** Starts the stand-in; with a `readToken` every repository is private. */
export async function startCoverageService(options: {
  readonly token: string;
  readonly readToken?: string;
}): Promise<CoverageService> {
  const site = new Site(options);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '/' } = request;
    requests.push(`${method} ${url}`);
    void answer(site, request)
      .catch((error: unknown) => ({ status: 500, body: { detail: String(error) } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
  });
  const url = await listenOnLoopback(server);
  return {
    url,
    uploads: () => site.uploads,
    requests: () => requests,
    misbehave: (fault) => void (site.fault = fault),
    behave: () => void (site.fault = undefined),
    close: () => closeServer(server),
  };
}

async function answer(site: Site, request: IncomingMessage): Promise<Answer> {
  const body = parseJson(await readBody(request));
  if (site.fault === 'down') return { status: 503, body: { detail: 'Service Unavailable' } };
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'stand-in'}`);
  for (const [pattern, act] of routes) {
    const found = pattern.exec(`${request.method ?? ''} ${url.pathname}`);
    const call = { url, authorization: request.headers.authorization, body };
    if (found !== null) return act(site, found.slice(1), call);
  }
  return { status: 404, body: { detail: `The stand-in does not know ${url.pathname}.` } };
}

const upload = String.raw`POST \/upload\/([^/]+)\/([^/]+)\/commits`;
const api = String.raw`GET \/api\/v2\/([^/]+)\/([^/]+)\/repos\/([^/]+)`;

const routes: readonly (readonly [RegExp, (site: Site, parts: readonly string[], call: Call) => Answer])[] = [
  [new RegExp(`^${upload}$`), (site, parts, call) => site.createCommit(parts, call)],
  [new RegExp(`^${upload}/([^/]+)/reports$`), (site, parts, call) => site.createReport(parts, call)],
  [
    new RegExp(`^${upload}/([^/]+)/reports/default/uploads$`),
    (site, parts, call) => site.upload(parts, call),
  ],
  [/^PUT \/storage\/([^/]+)$/, (site, parts, call) => site.store(parts, call)],
  [new RegExp(`^${api}/commits/([^/]+)/uploads/$`), (site, parts, call) => site.listUploads(parts, call)],
  [new RegExp(`^${api}/totals/$`), (site, parts, call) => site.totals(parts, call)],
];

const badToken = { status: 401, body: { detail: 'Invalid token.' } };
const notFound = { status: 404, body: { detail: 'Not found.' } };

/** What the stand-in holds, and what each request does to it. */
class Site {
  fault: Fault | undefined;
  readonly uploads: StoredUpload[] = [];
  /** Branches by `repository commit`, and the commits that have a report. */
  readonly #commits = new Map<string, string>();
  readonly #reports = new Set<string>();

  constructor(readonly options: { readonly token: string; readonly readToken?: string }) {}

  createCommit([host = '', slug = '']: readonly string[], { authorization, body }: Call): Answer {
    if (!this.#mayUpload(authorization)) return badToken;
    const commit = commitShape.safeParse(body);
    if (!commit.success) return { status: 400, body: { commitid: ['Not a valid commit.'] } };
    this.#commits.set(`${repositoryOf(host, slug)} ${commit.data.commitid}`, commit.data.branch);
    return { status: 201, body: { commitid: commit.data.commitid, branch: commit.data.branch } };
  }

  createReport([host = '', slug = '', commit = '']: readonly string[], { authorization }: Call): Answer {
    if (!this.#mayUpload(authorization)) return badToken;
    const key = `${repositoryOf(host, slug)} ${commit}`;
    if (!this.#commits.has(key)) return { status: 400, body: ['Commit SHA not found'] };
    this.#reports.add(key);
    return { status: 201, body: { external_id: randomUUID(), commit_sha: commit, code: null } };
  }

  upload([host = '', slug = '', commit = '']: readonly string[], { authorization, body, url }: Call): Answer {
    if (!this.#mayUpload(authorization)) return badToken;
    const repository = repositoryOf(host, slug);
    const branch = this.#commits.get(`${repository} ${commit}`) ?? '';
    if (!this.#reports.has(`${repository} ${commit}`)) return { status: 400, body: ['Report not found'] };
    const asked = uploadShape.safeParse(body);
    if (!asked.success) return { status: 400, body: { flags: ['Not a valid upload.'] } };
    const id = randomUUID();
    this.uploads.push({ id, repository, commit, branch, ...asked.data, state: 'started' });
    const raw = new URL(`/storage/${id}`, url).href;
    return {
      status: 201,
      body: { external_id: id, ...asked.data, raw_upload_location: raw, url: url.origin },
    };
  }

  store([id = '']: readonly string[], { body }: Call): Answer {
    const found = this.uploads.find((candidate) => candidate.id === id);
    if (found === undefined) return notFound;
    found.payload = body;
    return { status: 200, body: {} };
  }

  listUploads([host = '', owner = '', name = '', commit = '']: readonly string[], call: Call): Answer {
    const repository = `${host}/${decodeURIComponent(owner).replaceAll(':', '/')}/${name}`;
    if (!this.#mayRead(call.authorization) || !this.#commits.has(`${repository} ${commit}`)) return notFound;
    const mine = this.uploads.filter(
      (stored) => stored.repository === repository && stored.commit === commit,
    );
    const results = mine.map(({ name: called, flags, state }) => ({ name: called, flags, state }));
    // What lies there is shown as it was, and processed after that: nobody sees it done at the first look.
    for (const stored of mine) this.#process(stored);
    return { status: 200, body: { count: results.length, next: null, previous: null, results } };
  }

  totals([host = '', owner = '', name = '']: readonly string[], { authorization, url }: Call): Answer {
    const repository = `${host}/${decodeURIComponent(owner).replaceAll(':', '/')}/${name}`;
    const commit = url.searchParams.get('sha') ?? '';
    if (!this.#mayRead(authorization) || !this.#commits.has(`${repository} ${commit}`)) return notFound;
    const reports = this.uploads.flatMap((stored) =>
      stored.repository === repository && stored.commit === commit ? (stored.report ?? []) : [],
    );
    if (reports.length === 0)
      return { status: 404, body: { detail: `No coverage report found for commit ${commit}` } };
    const merged = mergeReports(reports);
    const files = [...merged].map((file) => ({ name: file[0], totals: totalsOf(new Map([file]), 0) }));
    return {
      status: 200,
      body: { totals: totalsOf(merged, reports.length), files, commit_file_url: url.origin },
    };
  }

  #process(stored: StoredUpload): void {
    if (stored.payload === undefined || this.fault === 'never-processes') return;
    const report = this.fault === 'cannot-process' ? undefined : processUpload(stored.payload, Date.now());
    delete stored.payload;
    stored.state = report === undefined ? 'error' : 'merged';
    if (report !== undefined) stored.report = report;
  }

  #mayUpload(authorization: string | undefined): boolean {
    return authorization === `token ${this.options.token}`;
  }

  #mayRead(authorization: string | undefined): boolean {
    const { readToken } = this.options;
    return readToken === undefined || authorization === `Bearer ${readToken}`;
  }
}

/** codecovcli writes `owner/subgroup/name` as `owner:::subgroup::::name`. */
function repositoryOf(host: string, slug: string): string {
  return `${host}/${decodeURIComponent(slug).replaceAll(/:{3,4}/g, '/')}`;
}
