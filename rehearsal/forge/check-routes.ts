import { z } from 'zod';
import type { CheckRunFields } from './changes.js';
import { checkRunDocument, combinedStatus, statusDocument } from './check-documents.js';
import { actor, commit, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { latestRuns } from './demands.js';
import { json, notFound, Refusal, type Reply } from './http.js';
import { accountOf } from './site.js';

/** Check runs and commit statuses. */
export const checkRoutes: readonly RepositoryRoute[] = [
  { method: 'GET', path: /^\/commits\/(.+)\/check-runs$/, answer: listRuns },
  { method: 'POST', path: /^\/check-runs$/, answer: createRun },
  {
    method: 'GET',
    path: /^\/check-runs\/(\d+)$/,
    answer: (context) => json(200, checkRunDocument(context, theRun(context))),
  },
  { method: 'PATCH', path: /^\/check-runs\/(\d+)$/, answer: updateRun },
  {
    method: 'GET',
    path: /^\/commits\/(.+)\/status$/,
    answer: async (context) => combinedStatus(context, await theCommit(context)),
  },
  { method: 'GET', path: /^\/(?:commits|statuses)\/(.+)\/statuses$/, answer: listStatuses },
  { method: 'POST', path: /^\/statuses\/([0-9a-f]{40})$/, answer: createStatus },
];

/** The commit that a path's first group names: by its sha, a branch, a tag, or `heads/…` and `tags/…`. */
export async function theCommit({ repository, parts: [ref = ''] }: RepositoryContext): Promise<string> {
  const isSha = /^[0-9a-f]{40}$/.test(ref);
  const places = isSha ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`];
  for (const place of places) {
    const commit = await repository.git.commitOf(place);
    if (commit !== undefined) return commit;
  }
  throw new Refusal(422, `No commit found for SHA: ${ref}`);
}

function theRun({ repository, parts: [id] }: RepositoryContext): CheckRunFields {
  const run = repository.state.checkRuns.get(Number(id));
  if (run === undefined) throw notFound();
  return run;
}

async function listRuns(context: RepositoryContext): Promise<Reply> {
  const sha = await theCommit(context);
  const { repository, exchange } = context;
  const all = [...repository.state.checkRuns.values()].filter((run) => run.sha === sha).reverse();
  const [name, status, filter, app] = ['check_name', 'status', 'filter', 'app_id'].map((it) =>
    exchange.query.get(it),
  );
  const found = (filter === 'all' ? all : latestRuns(repository, sha))
    .filter((run) => name === null || run.name === name)
    .filter((run) => status === null || run.status === status)
    .filter((run) => app === null || String(accountOf(context.site, run.by).app?.id) === app);
  return paged(context, found, (page) => ({
    total_count: found.length,
    check_runs: page.map((run) => checkRunDocument(context, run)),
  }));
}

/** Where nothing is said there is nothing. */
const text = z.string().nullable().default(null);

const runFields = {
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending']).optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  conclusion: z
    .enum(['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'])
    .optional(),
  output: z.object({ title: text, summary: text, text }).optional(),
};
const createSchema = z.object({ name: z.string().min(1), head_sha: z.string(), ...runFields });
const updateSchema = z.object({ name: z.string().min(1).optional(), ...runFields });

async function createRun(context: RepositoryContext): Promise<Reply> {
  const by = appOnly(context);
  const wanted = readBody(context, createSchema, 'CheckRun');
  const sha = await theCommit({ ...context, parts: [wanted.head_sha] });
  const fresh: CheckRunFields = {
    id: context.site.store.newId(),
    sha,
    name: wanted.name,
    status: 'queued',
    conclusion: null,
    startedAt: null,
    completedAt: null,
    externalId: '',
    detailsUrl: null,
    output: { title: null, summary: null, text: null },
    by,
  };
  const run = changed(context, fresh, wanted);
  commit(context, { type: 'check-run-created', run });
  return json(201, checkRunDocument(context, run));
}

function updateRun(context: RepositoryContext): Reply {
  const before = theRun(context);
  if (appOnly(context) !== before.by) throw new Refusal(403, 'Resource not accessible by integration');
  const run = changed(context, before, readBody(context, updateSchema, 'CheckRun'));
  commit(context, { type: 'check-run-updated', run });
  return json(200, checkRunDocument(context, run));
}

function appOnly(context: RepositoryContext): string {
  const { login, app } = actor(context);
  if (app === undefined) throw new Refusal(403, 'You must authenticate via a GitHub App.');
  return login;
}

function changed(
  { site }: RepositoryContext,
  before: CheckRunFields,
  wanted: z.output<typeof updateSchema>,
): CheckRunFields {
  const { conclusion = before.conclusion } = wanted;
  // A conclusion completes a run, whatever the status says.
  const status = wanted.conclusion === undefined ? (wanted.status ?? before.status) : 'completed';
  if (status === 'completed' && conclusion === null)
    throw new Refusal(422, 'Invalid request.\n\nMissing required key: "conclusion".');
  return {
    ...before,
    ...datesOf(site.store.now().toISOString(), before, { ...wanted, status }),
    name: wanted.name ?? before.name,
    status,
    conclusion: status === 'completed' ? conclusion : null,
    externalId: wanted.external_id ?? before.externalId,
    detailsUrl: wanted.details_url ?? before.detailsUrl,
    output: { ...before.output, ...wanted.output },
  };
}

function datesOf(
  now: string,
  before: CheckRunFields,
  wanted: z.output<typeof updateSchema>,
): Pick<CheckRunFields, 'startedAt' | 'completedAt'> {
  const started = wanted.started_at ?? before.startedAt;
  const completed = wanted.completed_at ?? before.completedAt ?? now;
  return {
    startedAt: started ?? (wanted.status === 'queued' ? null : now),
    completedAt: wanted.status === 'completed' ? completed : null,
  };
}

async function listStatuses(context: RepositoryContext): Promise<Reply> {
  const sha = await theCommit(context);
  const found = context.repository.state.statuses.filter((status) => status.sha === sha).reverse();
  return paged(context, found, (page) => page.map((status) => statusDocument(context, status)));
}

const statusSchema = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  target_url: z.string().nullish(),
  description: z.string().max(140).nullish(),
  context: z.string().default('default'),
});

async function createStatus(context: RepositoryContext): Promise<Reply> {
  const sha = await theCommit(context);
  const by = actor(context).login;
  const { state, target_url, description, context: name } = readBody(context, statusSchema, 'Status');
  const id = context.site.store.newId();
  const about = { description: description ?? null, targetUrl: target_url ?? null, by };
  commit(context, { type: 'status-created', status: { id, sha, context: name, state, ...about } });
  const made = context.repository.state.statuses.at(-1);
  return json(201, made && statusDocument(context, made));
}
