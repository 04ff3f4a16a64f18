import { sleep } from '@temporalio/workflow';

import type { StoppedUpload } from '../contract/activities.js';
import type { YankRecord } from '../contract/state.js';
import { isWhole, wasSeen } from '../contract/yanking.js';
import { urgent } from './activities.js';
import { beside } from './beside.js';
import type { Desk } from './desk.js';

/** How long the next look at a stopped upload is waited for; each pause is twice the one before. In milliseconds. */
const firstPause = 10_000;
const longestPause = 120_000;

/** How long a forge or an index may take to answer: in the first look people and drivers wait for it. In seconds. */
const quick = 3;
const patient = 20;

/** How many times the time for late files is waited at most for the end of what uploads, where it cannot be seen to end. */
const mostTimes = 3;

/** Has a stopped upload end, and says whether the index lists any of it; undefined where that cannot be read. */
export async function isListed(desk: Desk, yank: YankRecord, first = false): Promise<boolean | undefined> {
  // What was seen once stays published, whatever a stale index says.
  if (wasSeen(desk.ledger)) return true;
  const { files } = await stopUpload(desk, first ? quick : patient);
  if (files !== undefined && files.length > 0) yank.listed = true;
  return files === undefined ? undefined : files.length > 0;
}

/** What comes of a stopped upload, looked at beside everything else. */
export interface Following {
  readonly of: YankRecord;
  /** Whether the index was seen to serve files, since that was cleared. */
  isServed(): boolean;
  clear(): void;
  /** Whether nothing more can come. */
  isOver(): boolean;
  /** Ends it without waiting. */
  cancel(): void;
}

/** Looks at a stopped upload for as long as the terms say after nothing uploads any more: files can be listed late. */
export function followUpload(desk: Desk, yank: YankRecord): Following {
  const state = { served: false, over: isWhole(desk.ledger) };
  const look = async () => {
    try {
      await desk.insist(() => lookAgain(desk, () => (state.served = true)));
    } finally {
      state.over = true;
    }
  };
  const looking = state.over ? undefined : beside(look);
  return {
    of: yank,
    isServed: () => state.served,
    clear: () => {
      state.served = false;
    },
    isOver: () => state.over,
    cancel: () => looking?.cancel(),
  };
}

async function lookAgain(desk: Desk, isServed: () => void): Promise<void> {
  const seconds = (from: number) => (Date.now() - from) / 1000;
  const { lateFilesSeconds } = desk.terms;
  const begun = Date.now();
  let open = begun;
  for (let looks = 1; ; looks++) {
    const left = Math.max(1000, (lateFilesSeconds - seconds(open)) * 1000);
    await sleep(Math.min(firstPause * 2 ** (looks - 1), longestPause, left), {
      summary: 'Look again for files of the stopped upload',
    });
    const asked = Date.now();
    const { files, over } = await stopUpload(desk, patient);
    if (files?.some(({ yanked }) => yanked === false) === true) isServed();
    if (!over || files === undefined) open = asked;
    if (seconds(open) >= lateFilesSeconds || seconds(begun) >= mostTimes * lateFilesSeconds) return;
  }
}

async function stopUpload(desk: Desk, seconds: number): Promise<StoppedUpload> {
  const { terms, subject } = desk;
  const upload = await urgent.ensureUploadStopped({ index: terms.production, subject, seconds });
  desk.noteNew(...upload.evidence);
  return upload;
}
