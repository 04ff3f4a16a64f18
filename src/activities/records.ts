import { WorkflowNotFoundError, type Client } from '@temporalio/client';

import type { UrgentActivities } from '../contract/activities.js';
import { canonicalJson } from '../contract/digest.js';
import { queryName, releaseId } from '../contract/handles.js';
import type { Ledger } from '../contract/state.js';
import type { ArtifactStore } from './support/store.js';

const nameOf = (packageName: string, version: string) => `record/${packageName}/${version}`;

/** What is kept of a release after the engine has forgotten its run. */
export function createRecordActivities(
  store: ArtifactStore,
  client: Client,
  { ensureLeaseReleased }: Pick<UrgentActivities, 'ensureLeaseReleased'>,
): Pick<UrgentActivities, 'ensureClosed' | 'readRecord'> {
  return {
    async ensureClosed({ ledger }) {
      const digest = await store.put(canonicalJson(ledger));
      await store.setName(nameOf(ledger.request.package, ledger.request.version), digest);
      await ensureLeaseReleased({ package: ledger.request.package, holder: ledger.id });
      return { digest };
    },
    async readRecord({ subject }) {
      const cutOff = await readCutOff(client, releaseId(subject.package, subject.version));
      if (cutOff !== undefined) return { ledger: cutOff };
      const digest = await store.readName(nameOf(subject.package, subject.version));
      if (digest === undefined) return {};
      return { ledger: JSON.parse((await store.get(digest)).toString('utf8')) as Ledger };
    },
  };
}

/** The ledger of a run that the engine ended before it could keep its record: a terminated one, say. */
async function readCutOff(client: Client, workflowId: string): Promise<Ledger | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { status } = await handle.describe();
    return status.name === 'COMPLETED' ? undefined : await handle.query<Ledger>(queryName);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
