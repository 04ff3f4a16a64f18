import { WorkflowNotFoundError, type Client } from '@temporalio/client';

import type { Subject, UrgentActivities } from '../contract/activities.js';
import { canonicalJson } from '../contract/digest.js';
import { queryName, releaseId } from '../contract/handles.js';
import type { Digest } from '../contract/release.js';
import type { Ledger } from '../contract/state.js';
import { evidenceFile, evidenceName, shownEvidence } from '../evidence/files.js';
import type { PublishParts } from './parts.js';
import type { ArtifactStore } from './support/store.js';

const nameOf = (packageName: string, version: string) => `record/${packageName}/${version}`;

/** What is kept of a release after the engine has forgotten its run. */
export function createRecordActivities(
  store: ArtifactStore,
  client: Client,
  { ensureLeaseReleased }: Pick<UrgentActivities, 'ensureLeaseReleased'>,
  secrets: readonly string[],
): Pick<UrgentActivities, 'ensureClosed' | 'readRecord'> {
  return {
    async ensureClosed({ ledger }) {
      const digest = await store.put(canonicalJson(ledger));
      await store.setName(nameOf(ledger.request.package, ledger.request.version), digest);
      const evidence =
        ledger.yank === undefined ? undefined : (await keepProof(store, ledger, secrets)).sha256;
      await ensureLeaseReleased({ package: ledger.request.package, holder: ledger.id });
      return { digest, ...(evidence === undefined ? {} : { evidence }) };
    },
    async readRecord({ subject }) {
      const [cutOff, kept] = [
        await readCutOff(client, releaseId(subject.package, subject.version)),
        await readKept(store, subject),
      ];
      // A run that was cut off may have been taken up again since, and then its record tells more; and a start that was
      // refused, or came to nothing, does not hide what was published before it.
      const keptTells =
        kept !== undefined &&
        (cutOff?.startedAt === kept.startedAt || (kept.final !== undefined && cutOff?.final === undefined));
      const ledger = keptTells ? kept : (cutOff ?? kept);
      return ledger === undefined ? {} : { ledger };
    },
  };
}

/** The record that a release left when it ended. */
export async function readKept(store: ArtifactStore, subject: Subject): Promise<Ledger | undefined> {
  const digest = await store.readName(nameOf(subject.package, subject.version));
  if (digest === undefined) return undefined;
  return JSON.parse((await store.get(digest)).toString('utf8')) as Ledger;
}

const proofName = (packageName: string, version: string) => `proof/${packageName}/${version}`;

async function keepProof(
  store: ArtifactStore,
  ledger: Ledger,
  secrets: readonly string[],
): Promise<{ filename: string; sha256: Digest }> {
  const { filename, text } = evidenceFile(shownEvidence(ledger, new Date().toISOString(), secrets));
  const sha256 = await store.put(text);
  await store.setName(proofName(ledger.request.package, ledger.request.version), sha256);
  return { filename, sha256 };
}

/** What a release under way has to show, from the engine's own mouth: an activity's input would double it in the history. */
export function createProofParts(
  store: ArtifactStore,
  client: Client,
  secrets: readonly string[],
): Pick<PublishParts, 'ensureProofKept'> {
  return {
    async ensureProofKept({ subject }) {
      const { package: packageName, version } = subject;
      const kept = await store.readName(proofName(packageName, version));
      if (kept !== undefined) return { filename: evidenceName(subject), sha256: kept };
      const ledger = await client.workflow
        .getHandle(releaseId(packageName, version))
        .query<Ledger>(queryName);
      return keepProof(store, ledger, secrets);
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
