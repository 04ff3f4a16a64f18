import { sleep } from '@temporalio/workflow';

import type { StoppedUpload } from '../contract/activities.js';
import type { YankRecord } from '../contract/state.js';
import { urgent } from './activities.js';
import type { Desk } from './desk.js';

/** How often at least an upload that ended before its time is looked at before nothing more comes of it; at most where it does not end. */
const leastLooks = 3;
const mostLooks = 9;

/** How long after the first look the next one is; each pause is twice the one before. In milliseconds. */
const firstPause = 10_000;

/** Whether nothing of a stopped upload is on the index, nor can come any more; an index that cannot be read keeps no yank back. */
export async function nothingIsUploaded(desk: Desk, yank: YankRecord): Promise<boolean> {
  // What was seen once stays published, whatever a stale index says.
  if (isWhole(desk) || yank.listed === true) return false;
  for (let look = 1; ; look++) {
    const upload = await stopUpload(desk, yank);
    if (upload.listed !== false) return false;
    if (isOver(upload, look)) return true;
    await untilNextLook(look);
  }
}

/** Does something, such as a yank, for as long as a file of a stopped upload may still come, which may take until its last look. */
export async function whileUploadEnds(
  desk: Desk,
  yank: YankRecord,
  act: () => Promise<boolean>,
): Promise<void> {
  if (isWhole(desk)) return;
  for (let look = 1; ; look++) {
    await untilNextLook(look);
    const upload = await stopUpload(desk, yank);
    if (!(await act()) || isOver(upload, look + 1)) return;
  }
}

/** Whether the upload had ended, and every file was seen, before anything was stopped. */
function isWhole({ ledger }: Desk): boolean {
  return ledger.final?.visibleAt !== undefined;
}

async function stopUpload(desk: Desk, yank: YankRecord): Promise<StoppedUpload> {
  const { terms, subject } = desk;
  const upload = await urgent.ensureUploadStopped({ index: terms.production, subject });
  desk.noteNew(...upload.evidence);
  if (upload.listed === true) yank.listed = true;
  return upload;
}

function isOver({ over }: StoppedUpload, look: number): boolean {
  return look >= (over ? leastLooks : mostLooks);
}

async function untilNextLook(look: number): Promise<void> {
  await sleep(firstPause * 2 ** (look - 1), { summary: 'Look again for files of the stopped upload' });
}
