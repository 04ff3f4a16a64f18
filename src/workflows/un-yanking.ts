import { CancellationScope, condition } from '@temporalio/workflow';

import { short } from '../contract/digest.js';
import type { Ledger, Outcome, Stop, UnYankRecord, YankRecord } from '../contract/state.js';
import { isUndone, pendingUnYank } from '../contract/yanking.js';
import { patient, urgent } from './activities.js';
import type { Desk } from './desk.js';
import { noticing } from './noticing.js';
import { startProving, type Proving } from './proving.js';
import { made } from './quality.js';
import { followUpload, type Following } from './stopped-upload.js';
import { yankEverything } from './taking-back.js';
import { unYankQuorum } from './un-yank-messages.js';
import { untilYanked } from './yanking.js';

/**
 * What goes on about a yanked release on its index beside the roll-back of main, until that is over: the proof by an
 * installation, people who want the yank taken back, and people who then want it again.
 */
export async function followIndex(desk: Desk, stop: Stop, isMainRight: () => boolean): Promise<void> {
  let proving: Proving | undefined;
  let upload: Following | undefined;
  for (;;) {
    const yank = made(desk.ledger.yank, 'yank');
    await desk.insist(() => yankEverything(desk, stop));
    proving = provingOf(desk, yank, isMainRight, proving);
    const following = upload?.of === yank ? upload : followUpload(desk, yank);
    upload = following;
    if (isUndone(yank)) {
      proving?.cancel();
      following.cancel();
    }
    const isOver = () => isMainRight() && following.isOver() && proving?.ended() !== false;
    await condition(() => isToGo(desk, yank) || following.isServed() || isOver());
    const pending = pendingUnYank(yank);
    if (pending !== undefined) await takeYankBack(desk, yank, pending);
    else if (yank === desk.ledger.yank && !following.isServed()) return;
    else if (await isYankedWhole(desk, yank)) following.clear();
  }
}

/** The proof of this yank, begun once the index says yanked. */
function provingOf(
  desk: Desk,
  yank: YankRecord,
  isMainRight: () => boolean,
  earlier: Proving | undefined,
): Proving | undefined {
  const isBegun = yank.provenAt === undefined || earlier?.of === yank;
  return isBegun ? earlier : startProving(desk, yank, isMainRight);
}

/** Whether people want something else than this yank. */
function isToGo({ ledger }: Desk, yank: YankRecord): boolean {
  return yank !== ledger.yank || pendingUnYank(yank) !== undefined;
}

/** Yanks what came late, as long as nobody wants something else; whether it did, or need not. */
async function isYankedWhole(desk: Desk, yank: YankRecord): Promise<boolean> {
  // What was never proven is yanked as the whole.
  if (yank.provenAt === undefined || isUndone(yank)) return true;
  const scope = new CancellationScope();
  const yanked = scope.run(() => desk.insist(() => untilYanked(desk, yank)));
  yanked.catch(() => undefined);
  await Promise.race([yanked, condition(() => isToGo(desk, yank))]);
  scope.cancel();
  await yanked.catch(() => undefined);
  return !isToGo(desk, yank);
}

/** How a release ends that was to be yanked: where nothing of it ever came to the index it is abandoned. */
export function outcomeOf({ yank }: Ledger): Outcome {
  if (yank?.provenAt === undefined) return 'abandoned';
  return isUndone(yank) ? 'un-yanked' : 'yanked';
}

/** Asks two people, and has the yank taken back if they agree, for as long as nobody wants it again. */
async function takeYankBack(desk: Desk, yank: YankRecord, undo: UnYankRecord): Promise<void> {
  if (undo.approvedBy === undefined && !(await isAgreed(desk, yank, undo))) return;
  const scope = new CancellationScope();
  void condition(() => desk.ledger.yank !== yank).then(
    () => {
      scope.cancel();
    },
    () => undefined, // whatever cancels this wait cancels the scope too
  );
  try {
    await scope.run(() => desk.insist(() => serveAgain(desk, undo)));
  } catch (error) {
    if (desk.ledger.yank === yank) throw error;
  }
}

async function isAgreed(desk: Desk, yank: YankRecord, undo: UnYankRecord): Promise<boolean> {
  const { ledger, terms, subject } = desk;
  const main = yank.rolledBack === undefined ? '' : `was put back by ${short(yank.rolledBack)} and `;
  const answer = await desk.ask({
    id: 'un-yank',
    consequence: `Everybody who installs ${subject.package} without a pin gets ${subject.version} from ${terms.production.name} again; ${terms.base} is not put forward again.`,
    subject: [
      { label: 'yanked', value: `${yank.reason} (${yank.by})` },
      { label: 'a mistake', value: `${undo.reason} (${undo.by})` },
      { label: terms.base, value: `${main}stays as it is` },
      { label: 'asked', value: undo.askedAt },
    ],
    answers: ['approve', 'reject'],
    quorum: unYankQuorum,
    anyApprover: true,
  });
  const { decisions } = made(
    ledger.gates.findLast(({ id }) => id === 'un-yank'),
    'answer',
  );
  if (answer.kind === 'reject') {
    undo.rejectedBy = answer.by;
    desk.note({ what: `${answer.by} rejected the un-yank: ${answer.reason ?? 'no reason given'}` });
    return false;
  }
  undo.approvedBy = decisions.map(({ by }) => by);
  undo.approvedAt = desk.now();
  desk.note({ what: `un-yank approved by ${desk.approvers('un-yank')}` });
  return true;
}

async function serveAgain(desk: Desk, undo: UnYankRecord): Promise<void> {
  const { terms, subject } = desk;
  const { production: index, yankDrivers: drivers } = terms;
  const attempt = await urgent.ensureUnYanked({ index, subject, reason: undo.reason, drivers });
  desk.note(...attempt.evidence);
  if (attempt.proven) undo.driver = attempt.driver;
  else {
    const { evidence } = await noticing(desk, attempt.toDo.join(' '), () =>
      patient.awaitUnYanked({ index, subject }),
    );
    desk.note(evidence);
    undo.driver = 'person';
  }
  undo.provenAt = desk.now();
  desk.note({ what: `${terms.base} is not put forward again by an un-yank` });
}
