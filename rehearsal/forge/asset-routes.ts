import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { actor, commit, paged, type RepositoryContext, type RepositoryRoute } from './context.js';
import { invalid, json, noContent, notFound, Refusal, type Reply } from './http.js';
import { assetDocument } from './release-documents.js';
import { theRelease, visible } from './release-routes.js';
import type { Release } from './state.js';

/** The files of releases; they arrive at an address of their own (`uploadAsset`). */
export const assetRoutes: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: /^\/releases\/(\d+)\/assets$/,
    answer(context) {
      const release = theRelease(context);
      return paged(context, release.assets, (page) =>
        page.map((asset) => assetDocument(context, release, asset)),
      );
    },
  },
  { method: 'GET', path: /^\/releases\/assets\/(\d+)$/, answer: getAsset },
  {
    method: 'DELETE',
    path: /^\/releases\/assets\/(\d+)$/,
    answer(context) {
      const { release, asset } = theAsset(context);
      const by = actor(context).login;
      commit(context, { type: 'asset-deleted', release: release.id, id: asset.id, by });
      return noContent;
    },
  },
];

/** The one path of the uploads' address. */
export const uploadRoutes: readonly RepositoryRoute[] = [
  { method: 'POST', path: /^\/releases\/(\d+)\/assets$/, answer: uploadAsset },
];

type Asset = Release['assets'][number];

function theAsset(context: RepositoryContext): { release: Release; asset: Asset } {
  const [id] = context.parts;
  for (const release of visible(context)) {
    const asset = release.assets.find((it) => it.id === Number(id));
    if (asset !== undefined) return { release, asset };
  }
  throw notFound();
}

async function getAsset(context: RepositoryContext): Promise<Reply> {
  const { release, asset } = theAsset(context);
  if (context.exchange.headers.accept !== 'application/octet-stream')
    return json(200, assetDocument(context, release, asset));
  const headers = { 'content-type': asset.contentType };
  return { status: 200, headers, body: await readFile(context.site.store.assetPath(asset.sha256)) };
}

async function uploadAsset(context: RepositoryContext): Promise<Reply> {
  const { site, exchange } = context;
  const release = theRelease(context);
  const name = exchange.query.get('name')?.replaceAll(/[^\w.+-]/g, '.');
  if (name === undefined || name === '') throw invalid('ReleaseAsset', 'name', 'missing_field');
  const contentType = exchange.headers['content-type'];
  if (contentType === undefined) throw new Refusal(400, 'Content-Type is missing');
  if (exchange.body.length === 0) throw new Refusal(400, 'Bad Content-Length: ');
  const sha256 = createHash('sha256').update(exchange.body).digest('hex');
  await writeFile(site.store.assetPath(sha256), exchange.body);
  // Nothing may happen between this look and the change.
  if (release.assets.some((asset) => asset.name === name))
    throw invalid('ReleaseAsset', 'name', 'already_exists');
  const id = site.store.newId();
  const label = exchange.query.get('label');
  const by = actor(context).login;
  const asset = { id, name, label, contentType, size: exchange.body.length, sha256, by };
  commit(context, { type: 'asset-uploaded', release: release.id, asset });
  const made = theAsset({ ...context, parts: [String(id)] });
  return json(201, assetDocument(context, release, made.asset));
}
