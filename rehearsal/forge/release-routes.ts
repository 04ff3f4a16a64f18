import { z } from 'zod';
import type { ReleaseFields } from './changes.js';
import { actor, commit, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { invalid, json, noContent, notFound, type Reply } from './http.js';
import { refHasMoved } from './ref-effects.js';
import { releaseDocument } from './release-documents.js';
import { allows } from './site.js';
import type { Release } from './state.js';

/** Releases. */
export const releaseRoutes: readonly RepositoryRoute[] = [
  { method: 'GET', path: /^\/releases$/, answer: listReleases },
  { method: 'POST', path: /^\/releases$/, answer: createRelease },
  { method: 'GET', path: /^\/releases\/latest$/, answer: latestRelease },
  { method: 'GET', path: /^\/releases\/tags\/(.+)$/, answer: releaseByTag },
  {
    method: 'GET',
    path: /^\/releases\/(\d+)$/,
    answer: (context) => json(200, releaseDocument(context, theRelease(context))),
  },
  { method: 'PATCH', path: /^\/releases\/(\d+)$/, answer: updateRelease },
  {
    method: 'DELETE',
    path: /^\/releases\/(\d+)$/,
    answer(context) {
      const { id } = theRelease(context);
      commit(context, { type: 'release-deleted', id, by: actor(context).login });
      return noContent;
    },
  },
];

/** The release that a path's first group numbers; a draft is there for those who may write. */
export function theRelease(context: RepositoryContext): Release {
  const release = visible(context).find(({ id }) => id === Number(context.parts[0]));
  if (release === undefined) throw notFound();
  return release;
}

/** The releases that whoever asks may see: a draft is there for those who may write. */
export function visible({ repository, permission }: RepositoryContext): Release[] {
  return [...repository.state.releases.values()]
    .filter(({ draft }) => !draft || allows(permission, 'write'))
    .sort((a, b) => b.id - a.id);
}

function listReleases(context: RepositoryContext): Reply {
  return paged(context, visible(context), (page) => page.map((release) => releaseDocument(context, release)));
}

function latestRelease(context: RepositoryContext): Reply {
  const found = visible(context).find(({ draft, prerelease }) => !draft && !prerelease);
  if (found === undefined) throw notFound();
  return json(200, releaseDocument(context, found));
}

function releaseByTag(context: RepositoryContext): Reply {
  const found = visible(context).find(({ draft, tag }) => !draft && tag === context.parts[0]);
  if (found === undefined) throw notFound();
  return json(200, releaseDocument(context, found));
}

const fields = {
  target_commitish: z.string().optional(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  prerelease: z.boolean().optional(),
};
const createSchema = z.object({ tag_name: z.string().min(1), ...fields });
const updateSchema = z.object({ tag_name: z.string().min(1).optional(), ...fields });

async function createRelease(context: RepositoryContext): Promise<Reply> {
  const wanted = readBody(context, createSchema, 'Release');
  const nothing = { tag: wanted.tag_name, target: context.repository.defaultBranch, name: null, body: null };
  const made = changed({ ...nothing, draft: false, prerelease: false }, wanted);
  const id = context.site.store.newId();
  await ensureTag(context, id, made);
  commit(context, { type: 'release-created', id, fields: made, by: actor(context).login });
  const document = releaseDocument(context, theRelease({ ...context, parts: [String(id)] }));
  return json(201, document, { location: String(document['url']) });
}

async function updateRelease(context: RepositoryContext): Promise<Reply> {
  const before = theRelease(context);
  const made = changed(before, readBody(context, updateSchema, 'Release'));
  await ensureTag(context, before.id, made);
  commit(context, { type: 'release-updated', id: before.id, fields: made, by: actor(context).login });
  return json(200, releaseDocument(context, theRelease(context)));
}

function changed(before: ReleaseFields, wanted: z.output<typeof updateSchema>): ReleaseFields {
  return {
    tag: wanted.tag_name ?? before.tag,
    target: wanted.target_commitish ?? before.target,
    name: wanted.name === undefined ? before.name : wanted.name,
    body: wanted.body === undefined ? before.body : wanted.body,
    draft: wanted.draft ?? before.draft,
    prerelease: wanted.prerelease ?? before.prerelease,
  };
}

/** A published release has its tag, made where it is missing; a tag has one published release. */
async function ensureTag(
  context: RepositoryContext,
  id: number,
  { tag, target, draft }: ReleaseFields,
): Promise<void> {
  if (draft) return;
  const { site, repository, exchange } = context;
  const { git, state } = repository;
  const mustBeAlone = () => {
    for (const other of state.releases.values())
      if (other.id !== id && !other.draft && other.tag === tag)
        throw invalid('Release', 'tag_name', 'already_exists');
  };
  mustBeAlone();
  const ref = `refs/tags/${tag}`;
  if ((await git.refTarget(ref)) !== undefined) return;
  const commitOf = (await git.commitOf(`refs/heads/${target}`)) ?? (await git.commitOf(target));
  if (commitOf === undefined) throw invalid('Release', 'target_commitish');
  if (await git.updateRef(ref, commitOf, null)) {
    const by = actor(context).login;
    await refHasMoved(site, repository, { ref, from: null, to: commitOf, by, how: 'api' }, exchange.request);
  }
  mustBeAlone();
}
