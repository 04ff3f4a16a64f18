import { createHash } from 'node:crypto';
import { answerApp } from './app-routes.js';
import { accountAsking, type Asking } from './asking.js';
import { assetRoutes, uploadRoutes } from './asset-routes.js';
import { checkRoutes } from './check-routes.js';
import { commentRoutes } from './comment-routes.js';
import { actor, type ApiContext, type RepositoryContext, type RepositoryRoute } from './context.js';
import { ownDocument } from './documents.js';
import { gitRoutes } from './git-routes.js';
import { json, notFound, Refusal, type Exchange, type Reply } from './http.js';
import { issueRoutes } from './issue-routes.js';
import type { Limits } from './limits.js';
import { pullRoutes } from './pull-routes.js';
import { releaseRoutes } from './release-routes.js';
import { repositoryRoutes } from './repository-routes.js';
import { reviewRoutes } from './review-routes.js';
import { workflowRoutes } from './workflow-routes.js';
import { allows, permissionIn, type KnownAccount, type Site } from './site.js';

const routes: readonly RepositoryRoute[] = [
  ...reviewRoutes,
  ...pullRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...checkRoutes,
  ...gitRoutes,
  ...releaseRoutes,
  ...assetRoutes,
  ...workflowRoutes,
  ...repositoryRoutes,
];

/** A request of the API: who asks, and the path without the API's own prefix. */
export interface ApiRequest {
  readonly asking: Asking;
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
  const { asking, path } = request;
  const login = asking.kind === 'somebody' ? asking.account.login : undefined;
  const reply = await refusing(async () => {
    if (exchange.headers['user-agent'] === undefined)
      throw new Refusal(403, 'Request forbidden by administrative rules: it has no User-Agent header.');
    if (path !== '/rate_limit') limits.take(login);
    return answerApp(site, asking, exchange.method, path) ?? (await answer(site, limits, exchange, request));
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

function conditional({ method, headers }: Exchange, reply: Reply): Reply {
  if (method !== 'GET' || reply.status !== 200) return reply;
  const etag = `W/"${createHash('sha256')
    .update(reply.body ?? '')
    .digest('hex')}"`;
  const caching = { etag, 'cache-control': 'private, max-age=60, s-maxage=60' };
  if (headers['if-none-match'] === etag) return { status: 304, headers: caching };
  return { ...reply, headers: { ...reply.headers, ...caching } };
}

async function answer(
  site: Site,
  limits: Limits,
  exchange: Exchange,
  { asking, path, isUpload }: ApiRequest,
): Promise<Reply> {
  const account = accountAsking(asking);
  const context = { site, exchange, account, parts: [] };
  const [, fullName, rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  if (fullName !== undefined)
    return answerRepository(context, fullName, rest, isUpload ? uploadRoutes : routes);
  if (exchange.method === 'GET' && path === '/user') return json(200, ownDocument(site, person(context)));
  if (exchange.method !== 'GET' || path !== '/rate_limit') throw notFound();
  const core = limits.overview(account?.login);
  return json(200, { resources: { core, search: core }, rate: core });
}

function person(context: ApiContext): KnownAccount {
  const account = actor(context);
  if (account.app !== undefined) throw new Refusal(403, 'Resource not accessible by integration');
  return account;
}

function answerRepository(
  context: ApiContext,
  fullName: string,
  path: string,
  table: readonly RepositoryRoute[],
): Reply | Promise<Reply> {
  const { site, account, exchange } = context;
  const repository = site.repositories.get(fullName.toLowerCase());
  const permission = repository === undefined ? 'none' : permissionIn(repository, account?.login);
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method;
  const route = table.find((it) => it.method === method && it.path.test(path));
  if (repository === undefined || permission === 'none' || route === undefined) throw notFound();
  const parts = (route.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
  const here = { ...context, repository, permission, parts };
  mustBeAllowed(here, route);
  return route.answer(here);
}

function mustBeAllowed(context: RepositoryContext, { method, needs }: RepositoryRoute): void {
  if (method === 'GET' && allows(context.permission, needs ?? 'read')) return;
  const { app } = actor(context);
  if (allows(context.permission, needs ?? 'write')) return;
  const what = app === undefined ? 'personal access token' : 'integration';
  throw new Refusal(403, `Resource not accessible by ${what}`);
}
