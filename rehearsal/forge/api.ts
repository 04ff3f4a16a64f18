import { createHash } from 'node:crypto';
import { assetRoutes, uploadRoutes } from './asset-routes.js';
import { checkRoutes } from './check-routes.js';
import { commentRoutes } from './comment-routes.js';
import { actor, type ApiContext, type RepositoryRoute } from './context.js';
import { ownDocument } from './documents.js';
import { gitRoutes } from './git-routes.js';
import { json, notFound, Refusal, type Exchange, type Reply } from './http.js';
import type { Limits } from './limits.js';
import { pullRoutes } from './pull-routes.js';
import { releaseRoutes } from './release-routes.js';
import { repositoryRoutes } from './repository-routes.js';
import { reviewRoutes } from './review-routes.js';
import { allows, permissionIn, type KnownAccount, type Site } from './site.js';

const routes: readonly RepositoryRoute[] = [
  ...reviewRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...checkRoutes,
  ...gitRoutes,
  ...releaseRoutes,
  ...assetRoutes,
  ...repositoryRoutes,
];

/** A request of the API: who asks, and the path without the API's own prefix. */
export interface ApiRequest {
  readonly account: KnownAccount | undefined;
  readonly path: string;
  readonly isUpload: boolean;
}

/** Answers a request of the API with all the headers that GitHub's answers have. */
export async function answerApi(
  site: Site,
  limits: Limits,
  exchange: Exchange,
  request: ApiRequest,
): Promise<Reply> {
  const login = request.account?.login;
  const reply = await refusing(async () => {
    if (exchange.headers['user-agent'] === undefined)
      throw new Refusal(403, 'Requests must have a User-Agent.');
    if (request.path !== '/rate_limit') limits.take(login);
    return answer(site, limits, exchange, request);
  });
  const current = conditional(exchange, reply);
  if (current.status === 304) limits.giveBack(login);
  return withApiHeaders(current, limits.headers(login), exchange);
}

/** Gives an answer of the API the headers that all have. */
export function withApiHeaders(reply: Reply, limits: Record<string, string>, { request }: Exchange): Reply {
  const all = {
    'x-github-request-id': `STAND-IN:${request}`,
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': '2022-11-28',
    vary: 'Accept, Authorization, Accept-Encoding',
    ...limits,
  };
  return { ...reply, headers: { ...all, ...reply.headers } };
}

/** An answer, also where it is a refusal. */
export async function refusing(answering: () => Promise<Reply>): Promise<Reply> {
  try {
    return await answering();
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function conditional(exchange: Exchange, reply: Reply): Reply {
  if (exchange.method !== 'GET' || reply.status !== 200) return reply;
  const etag = `W/"${createHash('sha256')
    .update(reply.body ?? '')
    .digest('hex')}"`;
  const headers = { ...reply.headers, etag, 'cache-control': 'private, max-age=60, s-maxage=60' };
  if (exchange.headers['if-none-match'] !== etag) return { ...reply, headers };
  const { ['content-type']: _type, ...others } = headers as Record<string, string>;
  return { status: 304, headers: others };
}

async function answer(
  site: Site,
  limits: Limits,
  exchange: Exchange,
  { account, path, isUpload }: ApiRequest,
): Promise<Reply> {
  const context = { site, exchange, account, parts: [] };
  const [, owner, name, rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  if (owner !== undefined && name !== undefined)
    return answerRepository(context, `${owner}/${name}`, rest, isUpload ? uploadRoutes : routes);
  if (exchange.method !== 'GET' || isUpload) throw notFound();
  if (path === '/user') return json(200, ownDocument(site, actor(context)));
  if (path === '/rate_limit') {
    const core = limits.overview(account?.login);
    return json(200, { resources: { core, search: core }, rate: core });
  }
  throw notFound();
}

function answerRepository(
  context: ApiContext,
  fullName: string,
  path: string,
  table: readonly RepositoryRoute[],
): Reply | Promise<Reply> {
  const { site, account, exchange } = context;
  const repository = site.repositories.get(fullName.toLowerCase());
  if (repository === undefined) throw notFound();
  const permission = permissionIn(repository, account?.login);
  if (!allows(permission, 'read')) throw notFound();
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method;
  const route = table.find((it) => it.method === method && it.path.test(path));
  if (route === undefined) throw notFound();
  if (route.method !== 'GET') actor(context);
  const needs = route.needs ?? (route.method === 'GET' ? 'read' : 'write');
  if (!allows(permission, needs)) {
    actor(context);
    const what = account?.kind === 'app' ? 'integration' : 'personal access token';
    throw new Refusal(403, `Resource not accessible by ${what}`);
  }
  const parts = (route.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
  return route.answer({ ...context, repository, permission, parts });
}
