import type { Evidence } from '../../../contract/verdict.js';
import type { Workbench } from '../../support/workbench.js';
import type { ReleasePage } from '../forge.js';
import type { GithubRepository } from './api.js';

interface Found {
  readonly id: number;
  readonly draft: boolean;
  readonly url: string;
  /** Where files are sent: an address with room for a name. */
  readonly uploads: string;
}

/** Drafts the release with its files, publishes it, or deletes the draft; looks first, since drafts have no tag to clash. */
export async function ensureReleasePage(
  bench: Workbench,
  repository: GithubRepository,
  page: ReleasePage,
  state: 'draft' | 'published' | 'gone',
): Promise<Evidence | undefined> {
  const found = await findPage(repository, page.tag);
  if (state === 'gone') return found?.draft === true ? deletePage(repository, page, found) : undefined;
  const there = found ?? (await draftPage(repository, page));
  const { id, draft, url } = there;
  if (draft) await ensureFiles(bench, repository, page, there);
  if (state === 'draft') return { what: `the release ${page.tag} is drafted: ${url}` };
  const { octokit, at } = repository;
  const published = draft
    ? (await octokit.rest.repos.updateRelease({ ...at, release_id: id, draft: false })).data.html_url
    : url;
  return { what: `the release ${page.tag} is published: ${published}` };
}

async function findPage({ octokit, at }: GithubRepository, tag: string): Promise<Found | undefined> {
  const releases = await octokit.paginate(octokit.rest.repos.listReleases, { ...at, per_page: 100 });
  const found = releases.find(({ tag_name: name }) => name === tag);
  return found && { id: found.id, draft: found.draft, url: found.html_url, uploads: found.upload_url };
}

async function draftPage(
  { octokit, at }: GithubRepository,
  { tag, title, body }: ReleasePage,
): Promise<Found> {
  const { data } = await octokit.rest.repos.createRelease({
    ...at,
    tag_name: tag,
    name: title,
    body,
    draft: true,
  });
  return { id: data.id, draft: true, url: data.html_url, uploads: data.upload_url };
}

async function deletePage(
  { octokit, at }: GithubRepository,
  { tag }: ReleasePage,
  { id }: Found,
): Promise<Evidence> {
  await octokit.rest.repos.deleteRelease({ ...at, release_id: id });
  return { what: `the drafted release ${tag} is deleted` };
}

/** Attaches the very bytes that the index serves; a half-sent file is sent again. */
async function ensureFiles(
  bench: Workbench,
  { octokit, at }: GithubRepository,
  { files }: ReleasePage,
  { id: release, uploads }: Found,
): Promise<void> {
  const assets = await octokit.paginate(octokit.rest.repos.listReleaseAssets, {
    ...at,
    release_id: release,
    per_page: 100,
  });
  for (const { filename, sha256 } of files) {
    const there = assets.find(({ name }) => name === filename);
    if (there?.state === 'uploaded') continue;
    if (there !== undefined) await octokit.rest.repos.deleteReleaseAsset({ ...at, asset_id: there.id });
    const bytes = await bench.store.get(sha256);
    await octokit.request(`POST ${uploads}`, {
      name: filename,
      headers: { 'content-type': 'application/octet-stream' },
      data: bytes,
    });
  }
}
