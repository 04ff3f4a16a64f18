import type { z } from 'zod';

import type { ForgeSetting } from '../../../config/settings.js';
import { failure } from '../../../contract/failures.js';
import { callApi, type Answer, type Call } from '../../support/http.js';
import type { Workbench } from '../../support/workbench.js';
import { addressParts } from '../../support/address.js';
import { refusalShape } from './shapes.js';

/** A repository on Gitea or Forgejo. Paths are below its own, such as `pulls/1`; what Gitea refuses is a GiteaRefusal. */
export interface GiteaRepository {
  /** Reads one document. */
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  /** Reads the entries of a list, page by page, no more of them than are taken. */
  list<T>(path: string, shape: z.ZodType<T>): AsyncGenerator<T, void>;
  /** Writes a document and answers with the one that comes back, if any does. */
  send(method: NonNullable<Call['method']>, path: string, document?: object): Promise<unknown>;
  /** Uploads bytes as they are. */
  upload(path: string, bytes: Uint8Array): Promise<void>;
}

/** Gitea's "no", in its own words. */
export class GiteaRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The most that Gitea gives at once where nobody has configured it otherwise. */
const pageLength = 50;

/** Opens the API with the service's token. */
export function openRepository(
  bench: Workbench,
  repository: string,
  { api, token }: ForgeSetting,
): GiteaRepository {
  const { origin, owner, repo } = addressParts(repository);
  const root = `${api ?? `${origin}/api/v1`}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}/`;
  const authorization = `token ${bench.secrets.get(token ?? '')}`;

  async function call(path: string, { headers, ...rest }: Call): Promise<Answer> {
    // A bare repository's own address has no slash at its end.
    const url = path === '' ? root.slice(0, -1) : root + path;
    const answer = await callApi(bench, url, { ...rest, headers: { ...headers, authorization } });
    if (answer.status >= 400) throw refusalOf(`${owner}/${repo}`, answer);
    return answer;
  }

  return {
    get: async (path, shape) => shape.parse((await call(path, { headers: {} })).document),

    async *list(path, shape) {
      const entries = shape.array();
      for (let page = 1, seen = 0; ; page++) {
        const query = `${path.includes('?') ? '&' : '?'}limit=${String(pageLength)}&page=${String(page)}`;
        const { document, headers } = await call(path + query, { headers: {} });
        const found = entries.parse(document);
        yield* found;
        seen += found.length;
        // A page may be shorter than was asked for, so its length does not tell whether it is the last.
        const total = Number(headers.get('x-total-count') ?? seen);
        if (found.length === 0 || seen >= total) return;
      }
    },

    async send(method, path, document) {
      const body = document === undefined ? {} : { body: JSON.stringify(document) };
      const headers = { 'content-type': 'application/json' };
      return (await call(path, { method, headers, ...body })).document;
    },

    async upload(path, body) {
      await call(path, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body });
    },
  };
}

/** What people have to mend, or else Gitea's "no" for the caller to judge. */
function refusalOf(repository: string, { status, document }: Answer): Error {
  const said = refusalShape.safeParse(document).data?.message ?? '';
  const words = said === '' ? `it answers ${String(status)}` : said;
  if (status !== 401 && status !== 403) return new GiteaRefusal(status, words);
  return failure('operator', {
    now: `Gitea answers ${String(status)} for ${repository}: ${words}`,
    not: 'What was asked for was not done.',
    next: 'Give the service a token of somebody who may write to the repository, with the scopes write:repository and write:issue, restart the worker and send `retry`.',
  });
}
