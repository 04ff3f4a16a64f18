import type { Manifest } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import type { Workbench } from '../support/workbench.js';
import type { PageFile, ReleasePage } from './forge.js';
import type { Page, ReviewingApi } from './reviewing-api.js';

/** Drafts the release with its files, publishes it, or deletes the draft; looks first, since drafts have no tag to clash. */
export async function ensureReleasePage(
  bench: Workbench,
  api: ReviewingApi,
  page: ReleasePage,
  state: 'draft' | 'published' | 'gone',
): Promise<Evidence | undefined> {
  const { tag } = page;
  const found = await api.findPage(tag);
  if (state === 'gone') {
    if (found?.draft !== true) return undefined;
    await api.deletePage(found.id);
    return { what: `the drafted release ${tag} is deleted` };
  }
  await ensureFiles(bench, api, page, found ?? (await api.draftPage(page)));
  const { draft, url } = await ensureMarked(api, tag, state);
  return { what: `the release ${tag} is ${draft ? 'drafted' : 'published'}: ${url}` };
}

/** The page of a version, with what changed in it and what of it an index serves. */
export function releasePage(manifest: Manifest, tag: string, notes = ''): ReleasePage {
  const { version, files } = manifest;
  const body = [...(notes === '' ? [] : [notes, '']), ...fileLines(manifest)].join('\n');
  return { tag, title: version, body, files };
}

/** A version's files and their digests, in Markdown. */
export function fileLines({ files }: Manifest): string[] {
  return files.map(({ filename, sha256 }) => `- \`${filename}\` sha256 \`${sha256}\``);
}

/** The files of a version's page; none where there is no page. */
export async function readPageFiles(api: ReviewingApi, tag: string): Promise<readonly PageFile[]> {
  const page = await api.findPage(tag);
  return page === undefined ? [] : api.listFiles(page);
}

/** Attaches the very bytes that the index serves; one that is there half, or with other bytes, is sent again. */
async function ensureFiles(
  { store }: Workbench,
  api: ReviewingApi,
  { files }: ReleasePage,
  page: Page,
): Promise<void> {
  const there = await api.listFiles(page);
  for (const { filename, sha256 } of files) {
    const found = there.find(({ name }) => name === filename);
    if (found?.whole === true && (found.sha256 ?? sha256) === sha256) continue;
    if (found !== undefined) await api.detachFile(page, found.id);
    await api.attachFile(page, filename, await store.get(sha256));
  }
}

async function ensureMarked(api: ReviewingApi, tag: string, state: 'draft' | 'published'): Promise<Page> {
  const page = await api.findPage(tag);
  if (page === undefined) throw new Error(`the release ${tag} was drafted and is not listed yet`);
  if (state === 'published') return page.draft ? api.markPage(page.id, { draft: false }) : page;
  if (page.isEarly !== true) return page;
  if (!page.draft) return api.markPage(page.id, { draft: true });
  throw new Error(
    `${api.name} publishes the drafted release ${tag} when it hears of the tag, and has not yet`,
  );
}
