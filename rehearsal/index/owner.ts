import { z } from 'zod';
import { refuse, type Answer } from './form-rules.js';
import { failure, type Exchange, type Reply } from './http.js';
import type { Site } from './site.js';
import type { Release } from './state.js';
import type { Store } from './store.js';

/** What an owner does with a release. */
export type OwnerAction = 'yank' | 'unyank';

const orderSchema = z.object({ project: z.string(), version: z.string(), reason: z.string().default('') });

/** Answers `POST /stand-in/yank` and `/stand-in/unyank`, whose body is `{project, version, reason?}`. */
export function ownersRequest(action: OwnerAction, exchange: Exchange, body: string, site: Site): Reply {
  if (site.owner === undefined || exchange.headers.authorization !== `Bearer ${site.owner}`) {
    return failure(403, 'Only the owner may do this: send the secret that the stand-in was started with');
  }
  const order = orderSchema.safeParse(parseJson(body));
  if (!order.success) return failure(400, 'The body is not JSON of the form {project, version, reason?}');
  const { project, version, reason } = order.data;
  const yanked = action === 'yank' && (reason || true);
  const release = setYanked(site.store, project, version, yanked, exchange.request);
  if ('status' in release) return failure(release.status, release.reason);
  const files = release.files.map(({ filename }) => filename);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ project, version: release.version, yanked: release.yanked, files }),
  };
}

/** Yanks or un-yanks a release; a repeat without a new reason changes nothing. */
export function setYanked(
  store: Store,
  project: string,
  version: string,
  yanked: Release['yanked'],
  request: number | null,
): Release | Answer {
  const release = store.state.release(project, version);
  if (release === undefined) return refuse(`This index holds no release ${version} of ${project}`, 404);
  if (release.yanked === yanked) return release;
  const what = { project, version: release.version };
  if (yanked === false) store.commit({ type: 'release-unyanked', ...what }, request);
  else store.commit({ type: 'release-yanked', ...what, reason: yanked === true ? '' : yanked }, request);
  return release;
}

/** Puts a release into quarantine. */
export function quarantine(store: Store, project: string, version: string): void {
  if (store.state.release(project, version) === undefined)
    throw new Error(`This index holds no release ${version} of ${project}.`);
  store.commit({ type: 'release-quarantined', project, version }, null);
}

/** Deletes one file; the name of the file stays used. */
export function deleteFile(store: Store, filename: string): void {
  for (const { spelling, releases } of store.state.projects.values()) {
    for (const { version, files } of releases.values()) {
      if (!files.some((file) => file.filename === filename)) continue;
      return store.commit({ type: 'file-deleted', project: spelling, version, filename }, null);
    }
  }
  throw new Error(`This index holds no file ${filename}.`);
}

/** The JSON of a body; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
