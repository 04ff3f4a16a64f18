import { CancellationScope, condition } from '@temporalio/workflow';

import type { YankAttempt } from '../contract/yank-attempt.js';
import type { DirectYank } from '../contract/direct-yank.js';
import type { YankRecord } from '../contract/state.js';
import { wasSeen } from '../contract/yanking.js';
import { patient, urgent } from './activities.js';
import { calling } from './calling.js';
import type { Desk } from './desk.js';
import { noticing } from './noticing.js';
import { isListed } from './stopped-upload.js';

/** How long the drivers rest before they try again by themselves, in milliseconds; each pause is twice the one before. */
const firstPause = 10_000;
const longestPause = 30 * 60_000;

/** Who yanked it, and what is noted where it was done past the release. */
export interface Yanked {
  readonly driver: string;
  readonly direct?: DirectYank;
}

type InVain = Extract<YankAttempt, { proven: false }>;

/** Has the drivers yank, and where they cannot, people; ends only when the index says so, or has nothing of a stopped upload by now. */
export async function untilYanked(desk: Desk, yank: YankRecord): Promise<Yanked | undefined> {
  if ((await isListed(desk, yank, true)) === false) return undefined;
  const attempt = await tryDrivers(desk, yank);
  if (attempt.proven) return yankedBy(attempt, undefined);
  return calling(desk, (yank.calls ??= []), () => goOnTrying(desk, yank, attempt));
}

async function tryDrivers(desk: Desk, { reason }: YankRecord): Promise<YankAttempt> {
  const { terms, subject } = desk;
  const drivers = terms.yankDrivers;
  const attempt = await urgent.ensureYanked({ index: terms.production, subject, reason, drivers });
  desk.noteNew(...attempt.evidence);
  // What was noted of a yank that was taken back since tells nothing of this one.
  const undoneAt = desk.ledger.formerYanks?.at(-1)?.unYanks?.at(-1)?.approvedAt;
  if (!attempt.proven || undoneAt === undefined || (attempt.direct?.at ?? undoneAt) > undoneAt)
    return attempt;
  const { driver, evidence } = attempt;
  return { proven: true, driver, evidence };
}

/** Tells people what to do and lets the drivers try again, for as long as the index does not say yanked. */
async function goOnTrying(desk: Desk, yank: YankRecord, failed: InVain): Promise<Yanked | undefined> {
  const { terms, subject } = desk;
  const waiting = new CancellationScope();
  const watch = () => unheard(waiting.run(() => patient.awaitYanked({ index: terms.production, subject })));
  let seen = watch();
  let attempt = failed;
  let acted = failed.driver;
  try {
    for (let tries = 1; ; tries++) {
      yank.waiting = true;
      const watching = seen;
      const shown = await noticing(desk, attempt.toDo.join(' '), () =>
        untilNext(desk, yank, tries, watching),
      );
      if (shown !== undefined && 'evidence' in shown) {
        desk.note(shown.evidence);
        return { driver: acted ?? 'person' };
      }
      // Nobody waits out a pause that grew while the index was down.
      if (shown !== undefined) seen = watch();
      yank.waiting = false;
      // An index that could not be read may have nothing.
      if ((await isListed(desk, yank)) === false) return undefined;
      const next = await tryDrivers(desk, yank);
      if (next.proven) return yankedBy(next, acted);
      attempt = next;
      acted = next.driver ?? acted;
    }
  } finally {
    waiting.cancel();
    delete yank.waiting;
  }
}

/** Waits for what the index shows, or until the drivers are to try again. */
async function untilNext<T>(desk: Desk, yank: YankRecord, tries: number, seen: Promise<T>) {
  const pausing = new CancellationScope();
  const again = unheard(pausing.run(() => anotherTry(desk, yank, tries)));
  try {
    return await Promise.race([seen, again]);
  } finally {
    pausing.cancel();
  }
}

/** What is not waited for any more is heard by nobody. */
function unheard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Waits until the drivers are to try again: because somebody sent `yank` again, or because some time has passed. */
async function anotherTry({ ledger, terms }: Desk, yank: YankRecord, tries: number): Promise<undefined> {
  const isAsked = () => yank.waiting !== true;
  // A person is not told the same again and again, unless there may be nothing to yank.
  if (terms.yankDrivers.every((driver) => driver === 'person') && wasSeen(ledger)) await condition(isAsked);
  else await condition(isAsked, Math.min(firstPause * 2 ** (tries - 1), longestPause));
  return undefined;
}

function yankedBy(
  { driver, direct }: Extract<YankAttempt, { proven: true }>,
  earlier: string | undefined,
): Yanked {
  if (direct !== undefined)
    return { driver: `${direct.by} by \`slipway yank --direct\` (${direct.driver ?? 'by hand'})`, direct };
  // An earlier try may be shown only now.
  return { driver: driver === 'somebody else' ? (earlier ?? driver) : driver };
}
