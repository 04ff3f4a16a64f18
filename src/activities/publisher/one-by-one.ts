import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { IndexSetting } from '../../config/settings.js';
import type { Artifact, IndexAddress } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import { visibleWithin } from '../package-index.js';
import { fence } from '../support/fence.js';
import { inThrowawayFolder, type Workbench } from '../support/workbench.js';
import { heldAlready, missingOn } from './listed.js';
import { lostBeforeSending } from './lost.js';
import type { FileUpload, Publisher, Sender, UploadAnswer } from './publisher.js';
import { refusal, said, type Sending } from './refusal.js';
import { acceptedAt, noteAccepted, noteSending } from './sent.js';

/** Sends one file after the other with a token: looks, sends, and on any doubt looks again. */
export function oneByOne(bench: Workbench, setting: IndexSetting, sender: Sender): Publisher {
  return async ({ index, manifest }) => {
    const lost = await lostBeforeSending(bench, index, manifest);
    if (lost.length > 0) return { lost };
    const evidence: Evidence[] = [];
    for (const artifact of manifest.files)
      evidence.push(await ensureSent(bench, setting, sender, { index, manifest, artifact }));
    return { evidence };
  };
}

async function ensureSent(
  bench: Workbench,
  setting: IndexSetting,
  sender: Sender,
  sending: Sending,
): Promise<Evidence> {
  const { index, manifest, artifact } = sending;
  const isListed = async () => (await missingOn(bench, index, manifest, [artifact])).length === 0;
  if (await isListed()) return { what: heldAlready(index, artifact) };
  const since = await acceptedLately(bench, index, artifact);
  if (since !== undefined)
    return { what: `${index.name} accepted ${artifact.filename} at ${since}: it is not sent again` };
  const token = bench.secrets.get(setting.token ?? '');
  await noteSending(bench.store, index, artifact);
  const answer = await send(bench, sender, { index, artifact, user: setting.user, token });
  const { log } = answer;
  if (answer.kind === 'accepted') {
    await noteAccepted(bench.store, index, artifact);
    // It need not be listed yet, but other bytes under its name must not be followed by the next file.
    await isListed();
    return { what: `${index.name} accepted ${artifact.filename} from ${sender.name}`, digest: log };
  }
  if (await isListed()) {
    const what = `${index.name} has ${artifact.filename} with our sha256, although the upload ended with: ${said(answer)}`;
    return { what, digest: log };
  }
  throw await refusal(bench, setting, sending, answer);
}

/** When the index has accepted a file that it does not list yet; undefined once it has had all its time to list it. */
async function acceptedLately(
  { store }: Workbench,
  index: IndexAddress,
  artifact: Artifact,
): Promise<string | undefined> {
  const at = await acceptedAt(store, index, artifact);
  return at !== undefined && Date.now() - Date.parse(at) < visibleWithin ? at : undefined;
}

async function send(
  bench: Workbench,
  sender: Sender,
  { artifact, ...upload }: Omit<FileUpload, 'file' | 'folder'> & { artifact: Artifact },
): Promise<UploadAnswer> {
  const bytes = await bench.store.get(artifact.sha256);
  return inThrowawayFolder(bench, async (folder) => {
    const file = path.join(folder, artifact.filename);
    await writeFile(file, bytes);
    await fence();
    return sender.send({ ...upload, file, folder });
  });
}
