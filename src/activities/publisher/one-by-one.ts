import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ApplicationFailure } from '@temporalio/common';

import type { IndexSetting } from '../../config/settings.js';
import { failure } from '../../contract/failures.js';
import type { Artifact, IndexAddress } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import { inThrowawayFolder, type Workbench } from '../support/workbench.js';
import { heldAlready, missingOn } from './listed.js';
import type { FileUpload, Publisher, Sender, Upload, UploadAnswer } from './publisher.js';

/** Refusals of an index that is only out of order for a while, by the beginning of the reason. */
const passing = /read-only mode|new uploads are temporarily disabled/i;

/** Refusals of a name that is somebody else's there, or too much like one that is. */
const taken = /isn't allowed to upload to project|^the name .* (isn't allowed|is too similar)/i;

/** Sends one file after the other with a token: looks, sends, and on any doubt looks again. */
export function oneByOne(bench: Workbench, setting: IndexSetting, sender: Sender): Publisher {
  return async ({ index, manifest }) => {
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
  { index, manifest, artifact }: Pick<Upload, 'index' | 'manifest'> & { artifact: Artifact },
): Promise<Evidence> {
  const isListed = async () => (await missingOn(bench, index, manifest, [artifact])).length === 0;
  if (await isListed()) return { what: heldAlready(index, artifact) };
  const answer = await send(bench, sender, {
    index,
    artifact,
    user: setting.user,
    token: bench.secrets.get(setting.token ?? ''),
  });
  const { log } = answer;
  if (answer.kind === 'accepted')
    return { what: `${index.name} accepted ${artifact.filename} from ${sender.name}`, digest: log };
  if (await isListed()) {
    const what = `${index.name} has ${artifact.filename} with our sha256, although the upload ended with: ${said(answer)}`;
    return { what, digest: log };
  }
  throw refusal(index, artifact, setting, answer);
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
    return sender.send({ ...upload, file, folder });
  });
}

function said(answer: UploadAnswer): string {
  if (answer.kind === 'accepted') return 'accepted';
  return answer.kind === 'refused' ? `${String(answer.status)} ${answer.reason}` : answer.reason;
}

/** The failure that an answer means when the index does not list the file. */
function refusal(
  index: IndexAddress,
  artifact: Artifact,
  setting: IndexSetting,
  answer: UploadAnswer,
): Error {
  const what = `${index.name} does not list ${artifact.filename}; the upload ended with: ${said(answer)}`;
  if (answer.kind === 'unsendable')
    return operator(what, artifact, 'Put right what twine says, then send `retry`; or `abort`.');
  if (answer.kind !== 'refused' || isPassing(answer)) return new Error(what);
  const { status, reason, retryAfterSeconds } = answer;
  if (status === 429)
    return ApplicationFailure.create({
      type: 'too-many-requests',
      message: what,
      ...(retryAfterSeconds === undefined ? {} : { nextRetryDelay: `${retryAfterSeconds}s` }),
    });
  if (taken.test(reason))
    return failure('index', {
      now: `${what}.`,
      not: `The name does not belong to the owner of ${String(setting.token)} there.`,
      next: 'Have its owner there let you upload, or release under another name; then send `retry`.',
    });
  if (status === 401 || status === 403)
    return operator(
      what,
      artifact,
      `Give the worker a token in ${String(setting.token)} that may upload ${artifact.filename} there, restart it and send \`retry\`.`,
    );
  return operator(
    what,
    artifact,
    'The index will not take this file: put right what it says and send `retry`; or `abort`.',
  );
}

function isPassing({ status, reason }: { status: number; reason: string }): boolean {
  return status >= 500 || (status === 403 && passing.test(reason));
}

function operator(now: string, artifact: Artifact, next: string): Error {
  return failure('operator', { now: `${now}.`, not: `${artifact.filename} is not published there.`, next });
}
