import { z } from 'zod';
import { failure, type Exchange, type Reply } from './http.js';
import { parseJson, setYanked } from './owner.js';
import type { Site } from './site.js';

const orderSchema = z.object({
  name: z.string(),
  version: z.string(),
  yanked_reason: z.string().default(''),
});

/** The user whose password is the owner's secret. */
const user = 'owner';

/** Answers `POST /yank/`, in the way of pulp_python: a task is accepted, which only the index shows the end of. */
export function apiYank(exchange: Exchange, body: string, site: Site): Reply {
  const wanted = `Basic ${Buffer.from(`${user}:${site.owner ?? ''}`).toString('base64')}`;
  if (site.owner === undefined || exchange.headers.authorization !== wanted)
    return failure(401, 'Unauthorized', { 'www-authenticate': 'Basic realm="index"' });
  const order = orderSchema.safeParse(parseJson(body));
  if (!order.success) return failure(400, 'Bad Request');
  const { name, version, yanked_reason: reason } = order.data;
  const release = setYanked(site.store, name, version, reason === '' ? true : reason, exchange.request);
  if ('status' in release) return failure(release.status, `${name}==${version} not found in repository`);
  return {
    status: 202,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ task: `/pulp/api/v3/tasks/${String(exchange.request)}/` }),
  };
}
