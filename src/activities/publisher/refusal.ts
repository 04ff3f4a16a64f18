import { ApplicationFailure } from '@temporalio/common';

import type { IndexSetting } from '../../config/settings.js';
import { failure } from '../../contract/failures.js';
import type { Artifact, IndexAddress, Manifest } from '../../contract/release.js';
import { nextFreeVersion } from '../../contract/version.js';
import { takenVersions } from '../package-index.js';
import type { Workbench } from '../support/workbench.js';
import { missingOn } from './listed.js';
import type { Upload, UploadAnswer } from './publisher.js';

/** A file of a version that is to be sent, and where. */
export interface Sending extends Pick<Upload, 'index' | 'manifest'> {
  readonly artifact: Artifact;
}

type Refused = Extract<UploadAnswer, { kind: 'refused' }>;

/** Refusals of an index that is only out of order for a while, by the beginning of the reason. */
const passing = /read-only mode|new uploads are temporarily disabled/i;

/** Refusals of a name that is somebody else's there, or too much like one that is. */
const taken = /isn't allowed to upload to project|^the name .* (isn't allowed|is too similar)/i;

/** Refusals that nobody can do anything about: of a name that was deleted, and of a release that is closed. */
const forEver = /previously used by a file that has since been deleted|releases older than \d+ days/i;

/** What is said of an answer. */
export function said(answer: UploadAnswer): string {
  if (answer.kind === 'accepted') return 'accepted';
  return answer.kind === 'refused' ? `${String(answer.status)} ${answer.reason}` : answer.reason;
}

/** The failure that an answer means when the index does not list the file. */
export async function refusal(
  bench: Workbench,
  setting: IndexSetting,
  sending: Sending,
  answer: UploadAnswer,
): Promise<Error> {
  const { index, artifact } = sending;
  const what = `${index.name} does not list ${artifact.filename}; the upload ended with: ${said(answer)}`;
  if (answer.kind === 'unsendable') {
    const next = `Put right what twine says, then send \`retry\`; or ${giveUp(bench, setting)}.`;
    return operator(what, artifact, next);
  }
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
  return refusedForGood(bench, setting, sending, answer);
}

/** An answer that the same bytes get again: people choose between a remedy, where there is one, and another version. */
async function refusedForGood(
  bench: Workbench,
  setting: IndexSetting,
  { index, manifest, artifact }: Sending,
  answer: Refused,
): Promise<Error> {
  const { filename } = artifact;
  const missing = await missingOn(bench, index, manifest);
  const served = manifest.files.filter((file) => !missing.includes(file)).map((file) => file.filename);
  const way = `${giveUp(bench, setting)} and ${await another(bench, setting, index, manifest)}`;
  const also = served.length === 0 ? '' : ` It serves ${served.join(' and ')}.`;
  return failure('operator', {
    now: `${index.name} does not list ${filename}; the upload ended with: ${said(answer)}.${also}`,
    not: `${filename} is not published there${served.length === 0 ? '' : ', and without it the release is not whole'}.`,
    next: forEver.test(answer.reason)
      ? `Sending it again cannot help: ${way}.`
      : `The index will not take this file: put right what it says and send \`retry\`; or ${way}.`,
  });
}

/** An upload to production that has begun is not aborted: what came of it is taken back. */
function giveUp({ settings }: Workbench, setting: IndexSetting): string {
  return setting === settings.production ? '`yank`' : '`abort`';
}

async function another(
  bench: Workbench,
  setting: IndexSetting,
  index: IndexAddress,
  { package: name, version }: Manifest,
): Promise<string> {
  if (setting !== bench.settings.production) return 'start again, with another development version';
  const next = nextFreeVersion(version, await takenVersions(bench, index, name));
  return `release another version, such as ${next}`;
}

function isPassing({ status, reason }: Refused): boolean {
  return status >= 500 || (status === 403 && passing.test(reason));
}

function operator(now: string, artifact: Artifact, next: string): Error {
  return failure('operator', { now: `${now}.`, not: `${artifact.filename} is not published there.`, next });
}
