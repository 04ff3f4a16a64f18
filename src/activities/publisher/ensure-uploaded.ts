import type { PublishParts } from '../parts.js';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ApplicationFailure } from '@temporalio/common';

import type { IndexSetting } from '../../config/settings.js';
import type { Subject } from '../../contract/activities.js';
import { failure } from '../../contract/failures.js';
import type { Artifact, IndexAddress } from '../../contract/release.js';
import { settingOf } from '../support/indexes.js';
import { otherBytes, readProject } from '../support/project-page.js';
import { inThrowawayFolder, type Workbench } from '../support/workbench.js';
import type { Publisher, Upload, UploadAnswer } from './publisher.js';
import { twinePublisher } from './twine.js';

/** Refusals of an index that is only out of order for a while, by the beginning of the reason. */
const passing = /read-only mode|new uploads are temporarily disabled/i;

/** Refusals of a name that is somebody else's there, or too much like one that is. */
const taken = /isn't allowed to upload to project|^the name .* (isn't allowed|is too similar)/i;

/** The upload: look, send, and on any doubt look again. */
export function createUploadActivities(
  bench: Workbench,
  publisher: Publisher = twinePublisher(bench),
): Pick<PublishParts, 'ensureUploaded'> {
  return {
    async ensureUploaded({ index, artifact, subject }) {
      const setting = await settingOf(bench, index);
      if (await holds(bench, index, artifact, subject))
        return { evidence: { what: `${index.name} had ${artifact.filename} already, with our sha256` } };
      const answer = await send(bench, publisher, {
        index,
        artifact,
        user: setting.user,
        token: bench.secrets.get(setting.token),
      });
      const { log } = answer;
      if (answer.kind === 'accepted')
        return {
          evidence: {
            what: `${index.name} accepted ${artifact.filename} from ${publisher.name}`,
            digest: log,
          },
        };
      if (await holds(bench, index, artifact, subject)) {
        const what = `${index.name} has ${artifact.filename} with our sha256, although the upload ended with: ${said(answer)}`;
        return { evidence: { what, digest: log } };
      }
      throw refusal(index, artifact, setting, answer);
    },
  };
}

/** Whether the index lists the file with our bytes; other bytes under its name are an integrity failure. */
async function holds(
  bench: Workbench,
  index: IndexAddress,
  artifact: Artifact,
  subject: Subject,
): Promise<boolean> {
  const { files } = await readProject(bench, index, subject.package);
  const found = files.find(({ filename }) => filename === artifact.filename);
  if (found !== undefined && found.sha256 !== artifact.sha256)
    throw otherBytes(index, artifact.filename, found.sha256, artifact.sha256);
  return found !== undefined;
}

async function send(
  bench: Workbench,
  publisher: Publisher,
  { artifact, ...upload }: Omit<Upload, 'file' | 'folder'> & { artifact: Artifact },
): Promise<UploadAnswer> {
  const bytes = await bench.store.get(artifact.sha256);
  return inThrowawayFolder(bench, async (folder) => {
    const file = path.join(folder, artifact.filename);
    await writeFile(file, bytes);
    return publisher.upload({ ...upload, file, folder });
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
      not: `The name does not belong to the owner of ${setting.token} there.`,
      next: 'Have its owner there let you upload, or release under another name; then send `retry`.',
    });
  if (status === 401 || status === 403)
    return operator(
      what,
      artifact,
      `Give the worker a token in ${setting.token} that may upload ${artifact.filename} there, restart it and send \`retry\`.`,
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
