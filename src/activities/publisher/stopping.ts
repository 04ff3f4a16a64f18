import type { StoppedUpload, Subject, UrgentActivities } from '../../contract/activities.js';
import type { OpenForge } from '../forge/forge.js';
import { indexedFiles } from '../package-index.js';
import { currentCancellation, limited } from '../support/cancellation.js';
import type { Workbench } from '../support/workbench.js';
import { stopRuns } from './trusted.js';

/** Neither a slow forge nor a slow index keeps a yank back for longer, in milliseconds. */
const longestStop = 5000;
const longestLook = 2000;

/** Has whatever could still upload a version end; that it cannot be reached keeps no yank back. */
export async function stopUploads(
  bench: Workbench,
  openForge: OpenForge,
  subject: Subject,
): Promise<Omit<StoppedUpload, 'listed'>> {
  try {
    const open = await limited(longestStop, () => stopRuns(bench, openForge, subject));
    const evidence = open.map(({ url }) => ({ what: `${url} was told to upload nothing more` }));
    return { over: open.length === 0, evidence };
  } catch (error) {
    currentCancellation()?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return { over: false, evidence: [{ what: `whether something still uploads is not known: ${why}` }] };
  }
}

/** The end of an upload: this service's own has ended with its activity, so only the runs of a forge can go on. */
export function createStopActivities(
  bench: Workbench,
  openForge: OpenForge,
): Pick<UrgentActivities, 'ensureUploadStopped'> {
  return {
    async ensureUploadStopped({ index, subject }) {
      // Looked at in this order, nothing on the index once nothing uploads stays nothing.
      const stopped = await stopUploads(bench, openForge, subject);
      try {
        const files = await limited(longestLook, () => indexedFiles(bench, index, subject));
        return { ...stopped, listed: files.length > 0 };
      } catch {
        currentCancellation()?.throwIfAborted();
        return stopped;
      }
    },
  };
}
