import { z } from 'zod';
import type { BranchTip } from './changes.js';
import { actor, commit, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { invalid, invalidBecause, json, noContent, notFound, Refusal, type Reply } from './http.js';
import { mergePull } from './merging.js';
import { pullDocument, pullSummary } from './pull-documents.js';
import { showHead } from './ref-effects.js';
import { allows } from './site.js';
import type { Pull } from './state.js';

/** Pull requests: found, opened, changed, merged. */
export const pullRoutes: readonly RepositoryRoute[] = [
  { method: 'GET', path: /^\/pulls$/, answer: listPulls },
  { method: 'POST', path: /^\/pulls$/, answer: openPull },
  {
    method: 'GET',
    path: /^\/pulls\/(\d+)$/,
    answer: async (context) => json(200, await pullDocument(context, thePull(context))),
  },
  { method: 'PATCH', path: /^\/pulls\/(\d+)$/, needs: 'read', answer: editPull },
  {
    method: 'GET',
    path: /^\/pulls\/(\d+)\/merge$/,
    answer: (context) => (thePull(context).merged === undefined ? { status: 404 } : noContent),
  },
  {
    method: 'PUT',
    path: /^\/pulls\/(\d+)\/merge$/,
    answer: (context) => mergePull(context, thePull(context)),
  },
  {
    method: 'GET',
    path: /^\/commits\/([0-9a-f]{40})\/pulls$/,
    answer: pullsOfCommit,
  },
];

/** The pull request that a path's first group numbers. */
export function thePull({ repository, parts: [number] }: RepositoryContext): Pull {
  const pull = repository.state.pulls.get(Number(number));
  if (pull === undefined) throw notFound();
  return pull;
}

function listPulls(context: RepositoryContext): Reply {
  const { repository, exchange } = context;
  const { query } = exchange;
  const [state = 'open', head, base] = ['state', 'head', 'base'].map((name) => query.get(name) ?? undefined);
  const date = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const sign = (query.get('direction') ?? 'desc') === 'asc' ? 1 : -1;
  const found = [...repository.state.pulls.values()]
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => head === undefined || `${repository.owner}:${pull.head.ref}` === head)
    .filter((pull) => base === undefined || pull.base.ref === base)
    .sort((a, b) => sign * (a[date].localeCompare(b[date]) || a.number - b.number));
  return paged(context, found, (page) => page.map((pull) => pullSummary(context, pull)));
}

const openSchema = z.object({
  title: z.string().min(1),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
});

async function openPull(context: RepositoryContext): Promise<Reply> {
  const { site, repository } = context;
  const by = actor(context).login;
  const wanted = readBody(context, openSchema, 'PullRequest');
  const [head, base] = await Promise.all([
    tipOf(context, ownBranch(repository.owner, wanted.head), 'head'),
    tipOf(context, wanted.base, 'base'),
  ]);
  if ((await repository.git.commitsBetween(base.sha, head.sha)).length === 0)
    throw invalidBecause('PullRequest', `No commits between ${base.ref} and ${head.ref}`);
  // Nothing may happen between this look and the change.
  const twin = [...repository.state.pulls.values()].find(
    (pull) => pull.state === 'open' && pull.head.ref === head.ref && pull.base.ref === base.ref,
  );
  if (twin !== undefined)
    throw invalidBecause('PullRequest', `A pull request already exists for ${repository.owner}:${head.ref}.`);
  const number = repository.state.nextNumber;
  const { title, body = null, draft } = wanted;
  const id = site.store.newId();
  commit(context, { type: 'pull-opened', number, id, title, body, draft, head, base, by });
  const pull = thePull({ ...context, parts: [String(number)] });
  await showHead(repository, pull);
  const document = await pullDocument(context, pull);
  return json(201, document, { location: String(document['url']) });
}

function ownBranch(owner: string, head: string): string {
  const [user, branch] = head.includes(':') ? head.split(':', 2) : [owner, head];
  if (user !== owner || branch === undefined) throw invalid('PullRequest', 'head');
  return branch;
}

async function tipOf({ repository }: RepositoryContext, ref: string, field: string): Promise<BranchTip> {
  const sha = await repository.git.commitOf(`refs/heads/${ref}`);
  if (sha === undefined) throw invalid('PullRequest', field);
  return { ref, sha };
}

const editSchema = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
});

async function editPull(context: RepositoryContext): Promise<Reply> {
  const pull = thePull(context);
  const by = actor(context).login;
  if (by !== pull.by && !allows(context.permission, 'write')) throw notFound();
  const { state, base, title, body } = readBody(context, editSchema, 'PullRequest');
  const { number } = pull;
  const tip = base === undefined ? undefined : await tipOf(context, base, 'base');
  if ([title, body, tip].some((it) => it !== undefined))
    commit(context, { type: 'pull-edited', number, title, body, base: tip, by });
  if (state === 'closed' && pull.state === 'open') commit(context, { type: 'pull-closed', number, by });
  if (state === 'open' && pull.state === 'closed') await reopen(context, pull, by);
  return json(200, await pullDocument(context, pull));
}

async function reopen(context: RepositoryContext, pull: Pull, by: string): Promise<void> {
  const head = await context.repository.git.commitOf(`refs/heads/${pull.head.ref}`);
  if (pull.merged !== undefined || head === undefined)
    throw new Refusal(422, 'Validation Failed', {
      errors: [
        { resource: 'PullRequest', code: 'custom', field: 'state', message: 'state cannot be changed.' },
      ],
    });
  commit(context, { type: 'pull-reopened', number: pull.number, by });
  if (head !== pull.head.sha) commit(context, { type: 'pull-synchronized', number: pull.number, head, by });
}

async function pullsOfCommit(context: RepositoryContext): Promise<Reply> {
  const { repository, parts } = context;
  const [sha = ''] = parts;
  const found: Pull[] = [];
  for (const pull of repository.state.pulls.values()) {
    const isPart =
      pull.merged?.commit === sha ||
      (await repository.git.commitsBetween(pull.base.sha, pull.head.sha)).includes(sha);
    if (isPart) found.push(pull);
  }
  return paged(context, found, (page) => page.map((pull) => pullSummary(context, pull)));
}
