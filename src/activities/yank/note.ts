import { z } from 'zod';

import type { Subject } from '../../contract/activities.js';
import { canonicalJson } from '../../contract/digest.js';
import type { DirectYank } from '../../contract/direct-yank.js';
import type { ArtifactStore } from '../support/store.js';
import { oneLine } from './placeholders.js';

const noteShape = z.object({
  by: z.string(),
  reason: z.string(),
  at: z.iso.datetime(),
  driver: z.string().exactOptional(),
  provenAt: z.iso.datetime().exactOptional(),
});

/** Leaves a note of a direct yank for the release, in place of an earlier one. */
export async function keepNote(store: ArtifactStore, subject: Subject, note: DirectYank): Promise<void> {
  await store.setName(nameOf(subject), await store.put(canonicalJson(note)));
}

/**
 * Who has yanked a version past its release, if that was noted. A yank that was broken off counts only where the index
 * gives its reason: somebody else may have yanked since.
 */
export async function directly(
  store: ArtifactStore,
  subject: Subject,
  said: string | true | undefined,
): Promise<{ direct?: DirectYank }> {
  const direct = await readNote(store, subject);
  if (direct === undefined || (direct.provenAt === undefined && oneLine(direct.reason) !== said)) return {};
  return { direct };
}

/** The note of a direct yank; undefined where there is none that can be read, because the index alone tells what is yanked. */
export async function readNote(store: ArtifactStore, subject: Subject): Promise<DirectYank | undefined> {
  try {
    const digest = await store.readName(nameOf(subject));
    if (digest === undefined) return undefined;
    return noteShape.parse(JSON.parse((await store.get(digest)).toString('utf8')));
  } catch {
    return undefined;
  }
}

function nameOf({ package: name, version }: Subject): string {
  return `direct-yank/${name}/${version}`;
}
