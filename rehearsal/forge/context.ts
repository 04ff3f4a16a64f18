import type { z } from 'zod';
import { json, Refusal, type Exchange, type Reply } from './http.js';
import type { KnownAccount, Repository, Site } from './site.js';
import type { Change } from './changes.js';
import type { Permission } from './contract.js';

/** What an answer to a request of the API can be made from. */
export interface ApiContext {
  readonly site: Site;
  readonly exchange: Exchange;
  /** Who asks; undefined is nobody. */
  readonly account: KnownAccount | undefined;
  /** What the path's groups matched, decoded. */
  readonly parts: readonly string[];
}

/** A request about a repository that whoever asks may see. */
export interface RepositoryContext extends ApiContext {
  readonly repository: Repository;
  readonly permission: Permission;
}

/** One method of one path below a repository. */
export interface RepositoryRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Matches what follows the repository's own path. */
  readonly path: RegExp;
  /** Default: read for GET, write for everything else. */
  readonly needs?: Permission;
  readonly answer: (context: RepositoryContext) => Reply | Promise<Reply>;
}

/** Who asks, where it has to be somebody. */
export function actor({ account }: ApiContext): KnownAccount {
  if (account === undefined) throw new Refusal(401, 'Requires authentication');
  return account;
}

/** Makes a change for this request. */
export function commit({ site, exchange, repository }: RepositoryContext, change: Change): void {
  site.store.commit(repository.fullName, change, exchange.request);
}

/** The body as it must be. */
export function readBody<Schema extends z.ZodType>(
  { exchange }: ApiContext,
  schema: Schema,
  resource: string,
): z.output<Schema> {
  const read = schema.safeParse(parse(exchange.body));
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path: [field = ''], code, input }) => ({
    resource,
    field: String(field),
    code: code === 'invalid_type' && input === undefined ? 'missing_field' : 'invalid',
  }));
  throw new Refusal(422, 'Validation Failed', { errors });
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

/** One page of many things, in JSON and with links to the other pages; `wrap` makes the body of the page's things. */
export function paged<Item>(
  context: ApiContext,
  items: readonly Item[],
  wrap: (page: readonly Item[]) => unknown = (page) => page,
): Reply {
  const { query, path } = context.exchange;
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number: number, rel: string) => {
    const other = new URLSearchParams(query);
    other.set('page', String(number));
    return `<${context.site.url}${path}?${other.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  const headers = links.length > 0 ? { link: links.join(', ') } : {};
  return json(200, wrap(items.slice((page - 1) * size, page * size)), headers);
}
