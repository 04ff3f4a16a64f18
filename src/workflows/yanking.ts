import { CancellationScope, condition } from '@temporalio/workflow';

import type { YankAttempt } from '../contract/yank-attempt.js';
import type { DirectYank } from '../contract/direct-yank.js';
import type { YankRecord } from '../contract/state.js';
import { patient, urgent } from './activities.js';
import type { Desk } from './desk.js';

/** Who yanked it, and what is noted where it was done past the release. */
export interface Yanked {
  readonly driver: string;
  readonly direct?: DirectYank;
}

/** Has the drivers yank, and where they cannot, people; ends only when the index says so, and returns who did it. */
export async function untilYanked(desk: Desk, yank: YankRecord): Promise<Yanked> {
  const { ledger, terms, subject } = desk;
  const { production: index, yankDrivers: drivers } = terms;
  const waiting = new CancellationScope();
  let seen: ReturnType<typeof patient.awaitYanked> | undefined;
  let acted: string | undefined;
  try {
    for (;;) {
      const attempt = await urgent.ensureYanked({ index, subject, reason: yank.reason, drivers });
      desk.note(...attempt.evidence);
      if (attempt.proven) return yankedBy(attempt, acted);
      acted = attempt.driver ?? acted;
      tellPeople(desk, yank, attempt.toDo);
      seen ??= waiting.run(() => patient.awaitYanked({ index, subject }));
      // One that is left for the drivers' next try is heard by nobody any more.
      seen.catch(() => undefined);
      const shown = await Promise.race([seen, condition(() => yank.waiting !== true)]);
      if (shown === undefined) continue;
      desk.note(shown.evidence);
      return { driver: acted ?? 'person' };
    }
  } finally {
    waiting.cancel();
    delete ledger.notice;
    delete yank.waiting;
  }
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

function tellPeople(
  desk: Desk,
  yank: YankRecord,
  toDo: Extract<YankAttempt, { proven: false }>['toDo'],
): void {
  yank.tries = (yank.tries ?? 0) + 1;
  yank.waiting = true;
  desk.ledger.notice = toDo.join(' ');
  desk.refresh();
}
