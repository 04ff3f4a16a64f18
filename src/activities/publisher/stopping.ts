import type { StoppedUpload, Subject, UrgentActivities } from '../../contract/activities.js';
import type { OpenForge } from '../forge/forge.js';
import { indexedFiles } from '../package-index.js';
import { currentCancellation, limited } from '../support/cancellation.js';
import type { Workbench } from '../support/workbench.js';
import { stopRuns } from './trusted.js';

/** Has whatever could still upload a version end, in so many seconds; that it cannot be reached keeps no yank back. */
export async function stopUploads(
  bench: Workbench,
  openForge: OpenForge,
  subject: Subject,
  seconds: number,
): Promise<Omit<StoppedUpload, 'files'>> {
  try {
    const open = await limited(seconds * 1000, () => stopRuns(bench, openForge, subject));
    const evidence = open.map(({ url }) => ({ what: `${url} was told to upload nothing more` }));
    return { over: open.length === 0, evidence };
  } catch (error) {
    currentCancellation()?.throwIfAborted();
    return {
      over: false,
      evidence: [{ what: `whether something still uploads is not known: ${why(error)}` }],
    };
  }
}

/** The end of an upload: this service's own has ended with its activity, so only the runs of a forge can go on. */
export function createStopActivities(
  bench: Workbench,
  openForge: OpenForge,
): Pick<UrgentActivities, 'ensureUploadStopped'> {
  return {
    async ensureUploadStopped({ index, subject, seconds }) {
      const stopped = await stopUploads(bench, openForge, subject, seconds);
      try {
        const files = await limited(seconds * 1000, () => indexedFiles(bench, index, subject));
        return { ...stopped, files };
      } catch (error) {
        currentCancellation()?.throwIfAborted();
        const unread = { what: `what ${index.name} lists of it is not known: ${why(error)}` };
        return { ...stopped, evidence: [...stopped.evidence, unread] };
      }
    },
  };
}

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
