import { z } from 'zod';
import { actor, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { apiOf, dated, nodeId, pageOf, type Document } from './documents.js';
import { json, noContent, notFound, Refusal, type Reply } from './http.js';
import { refRefusal } from './push-rules.js';
import { refHasMoved } from './ref-effects.js';

/** Git's own things: refs, commits, trees and files. */
export const gitRoutes: readonly RepositoryRoute[] = [
  { method: 'GET', path: /^\/git\/ref\/(.+)$/, answer: getRef },
  { method: 'GET', path: /^\/git\/matching-refs\/(.+)$/, answer: matchingRefs },
  { method: 'POST', path: /^\/git\/refs$/, answer: createRef },
  { method: 'PATCH', path: /^\/git\/refs\/(.+)$/, answer: updateRef },
  { method: 'DELETE', path: /^\/git\/refs\/(.+)$/, answer: deleteRef },
  { method: 'GET', path: /^\/git\/commits\/([0-9a-f]{40})$/, answer: getCommit },
  { method: 'GET', path: /^\/git\/trees\/(.+)$/, answer: getTree },
  { method: 'GET', path: /^\/contents\/?(.*)$/, answer: getContent },
];

function refDocument(
  { site, repository }: RepositoryContext,
  { ref, sha, type }: { ref: string; sha: string; type: string },
): Document {
  const api = apiOf(site, repository);
  const place = { commit: 'commits', tag: 'tags', tree: 'trees', blob: 'blobs' }[type] ?? 'commits';
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url: `${api}/git/${ref}`,
    object: { sha, type, url: `${api}/git/${place}/${sha}` },
  };
}

async function getRef(context: RepositoryContext): Promise<Reply> {
  const target = await context.repository.git.refTarget(`refs/${context.parts[0] ?? ''}`);
  if (target === undefined) throw notFound();
  return json(200, refDocument(context, { ref: `refs/${context.parts[0] ?? ''}`, ...target }));
}

async function matchingRefs(context: RepositoryContext): Promise<Reply> {
  const prefix = `refs/${context.parts[0] ?? ''}`;
  const found = (await context.repository.git.refs('refs')).filter(({ ref }) => ref.startsWith(prefix));
  return paged(context, found, (page) => page.map((ref) => refDocument(context, ref)));
}

const createSchema = z.object({ ref: z.string().regex(/^refs\/.+\/.+/), sha: z.string() });

async function createRef(context: RepositoryContext): Promise<Reply> {
  const { repository } = context;
  const { ref, sha } = readBody(context, createSchema, 'Reference');
  if ((await repository.git.refTarget(ref)) !== undefined) throw new Refusal(422, 'Reference already exists');
  await mustBeObject(context, sha);
  await move(context, ref, null, sha, 'Reference already exists');
  return json(201, refDocument(context, { ref, sha, type: 'commit' }));
}

const updateSchema = z.object({ sha: z.string(), force: z.boolean().default(false) });

async function updateRef(context: RepositoryContext): Promise<Reply> {
  const { repository, parts } = context;
  const ref = `refs/${parts[0] ?? ''}`;
  const { sha, force } = readBody(context, updateSchema, 'Reference');
  const before = await repository.git.refTarget(ref);
  if (before === undefined) throw new Refusal(422, 'Reference does not exist');
  await mustBeObject(context, sha);
  if (!force && !(await repository.git.isAncestor(before.sha, sha)))
    throw new Refusal(422, 'Update is not a fast forward');
  await move(context, ref, before.sha, sha, 'Update is not a fast forward');
  return json(200, refDocument(context, { ref, sha, type: 'commit' }));
}

async function deleteRef(context: RepositoryContext): Promise<Reply> {
  const ref = `refs/${context.parts[0] ?? ''}`;
  const before = await context.repository.git.refTarget(ref);
  if (before === undefined) throw new Refusal(422, 'Reference does not exist');
  await move(context, ref, before.sha, null, 'Reference does not exist');
  return noContent;
}

async function mustBeObject({ repository }: RepositoryContext, sha: string): Promise<void> {
  const known = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.commitOf(sha) : undefined;
  if (known === undefined) throw new Refusal(422, 'Object does not exist');
}

async function move(
  context: RepositoryContext,
  ref: string,
  from: string | null,
  to: string | null,
  late: string,
): Promise<void> {
  const { site, repository, exchange, permission } = context;
  const by = actor(context).login;
  const refusal = refRefusal({ site, repository, permission }, { ref, from, to });
  if (refusal !== undefined) throw new Refusal(422, refusal);
  if (!(await repository.git.updateRef(ref, to, from))) throw new Refusal(422, late);
  await refHasMoved(site, repository, { ref, from, to, by, how: 'api' }, exchange.request);
}

async function getCommit(context: RepositoryContext): Promise<Reply> {
  const { site, repository, parts } = context;
  const sha = await repository.git.commitOf(parts[0] ?? '');
  if (sha === undefined) throw notFound();
  const { tree, parents, author, committer, message } = await repository.git.commitFacts(sha);
  const api = `${apiOf(site, repository)}/git`;
  const page = `${pageOf(site, repository)}/commit`;
  return json(200, {
    sha,
    node_id: nodeId('Commit', sha),
    url: `${api}/commits/${sha}`,
    html_url: `${page}/${sha}`,
    author: { ...author, date: dated(author.date) },
    committer: { ...committer, date: dated(committer.date) },
    message,
    tree: { sha: tree, url: `${api}/trees/${tree}` },
    parents: parents.map((it) => ({ sha: it, url: `${api}/commits/${it}`, html_url: `${page}/${it}` })),
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  });
}

async function getTree(context: RepositoryContext): Promise<Reply> {
  const { site, repository, parts, exchange } = context;
  const listed = await repository.git.list(parts[0] ?? '', exchange.query.has('recursive'));
  if (listed === undefined) throw notFound();
  const api = `${apiOf(site, repository)}/git`;
  const tree = listed.entries.map(({ mode, type, sha, size, path }) => ({
    path,
    mode,
    type,
    sha,
    ...(size === undefined ? {} : { size }),
    url: `${api}/${type}s/${sha}`,
  }));
  return json(200, { sha: listed.sha, url: `${api}/trees/${listed.sha}`, tree, truncated: false });
}

async function getContent(context: RepositoryContext): Promise<Reply> {
  const { repository, parts, exchange } = context;
  const path = (parts[0] ?? '').replace(/\/$/, '');
  const ref = exchange.query.get('ref') ?? repository.defaultBranch;
  const entries = await repository.git.list(path === '' ? ref : `${ref}:${path}`, false);
  if (entries !== undefined)
    return json(
      200,
      entries.entries.map((entry) => contentDocument(context, ref, entry, path === '' ? '' : `${path}/`)),
    );
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  const listed = await repository.git.list(folder === '' ? ref : `${ref}:${folder}`, false);
  const entry = listed?.entries.find((it) => `${folder}${it.path}` === path);
  if (entry === undefined) throw notFound();
  const content = Buffer.from(await repository.git.run('cat-file', 'blob', entry.sha)).toString('base64');
  return json(200, { ...contentDocument(context, ref, entry, folder), content, encoding: 'base64' });
}

function contentDocument(
  { site, repository }: RepositoryContext,
  ref: string,
  entry: { readonly path: string; readonly sha: string; readonly type: string; readonly size?: number },
  folder: string,
): Document {
  const path = `${folder}${entry.path}`;
  const isFolder = entry.type === 'tree';
  const self = `${apiOf(site, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${apiOf(site, repository)}/git/${entry.type}s/${entry.sha}`;
  const html = `${pageOf(site, repository)}/${isFolder ? 'tree' : 'blob'}/${ref}/${path}`;
  return {
    name: entry.path,
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: isFolder ? null : `${pageOf(site, repository)}/raw/${ref}/${path}`,
    type: isFolder ? 'dir' : 'file',
    _links: { self, git, html },
  };
}
