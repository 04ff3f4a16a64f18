import type { RepositoryContext } from './context.js';
import { apiOf, dated, nodeId, pageOf, userDocument, type Document } from './documents.js';
import type { Release } from './state.js';

/** `release` */
export function releaseDocument(context: RepositoryContext, release: Release): Document {
  const { site, repository } = context;
  const { id, tag, draft } = release;
  const url = `${apiOf(site, repository)}/releases/${id}`;
  const balls = draft ? undefined : apiOf(site, repository);
  return {
    id,
    node_id: nodeId('Release', id),
    url,
    html_url: `${pageOf(site, repository)}/releases/tag/${tagInPath(release)}`,
    assets_url: `${url}/assets`,
    upload_url: `${site.uploadsUrl}/repos/${repository.fullName}/releases/${id}/assets{?name,label}`,
    tarball_url: balls === undefined ? null : `${balls}/tarball/${tag}`,
    zipball_url: balls === undefined ? null : `${balls}/zipball/${tag}`,
    tag_name: tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft,
    prerelease: release.prerelease,
    immutable: false,
    created_at: dated(release.createdAt),
    updated_at: dated(release.updatedAt),
    published_at: release.publishedAt === null ? null : dated(release.publishedAt),
    author: userDocument(site, release.by),
    assets: release.assets.map((asset) => assetDocument(context, release, asset)),
  };
}

export function tagInPath({ id, tag, draft }: Release): string {
  return draft ? `untagged-${nodeId('Release', id)}` : tag;
}

/** `release-asset` */
export function assetDocument(
  { site, repository }: RepositoryContext,
  release: Release,
  asset: Release['assets'][number],
): Document {
  const { id, name, label, contentType, size, sha256, by, createdAt } = asset;
  return {
    url: `${apiOf(site, repository)}/releases/assets/${id}`,
    browser_download_url: `${pageOf(site, repository)}/releases/download/${tagInPath(release)}/${name}`,
    id,
    node_id: nodeId('ReleaseAsset', id),
    name,
    label,
    state: 'uploaded',
    content_type: contentType,
    size,
    digest: `sha256:${sha256}`,
    download_count: 0,
    created_at: dated(createdAt),
    updated_at: dated(createdAt),
    uploader: userDocument(site, by),
  };
}
