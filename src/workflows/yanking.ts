import { CancellationScope, condition } from '@temporalio/workflow';

import type { YankAttempt } from '../contract/activities.js';
import type { YankRecord } from '../contract/state.js';
import { patient, urgent } from './activities.js';
import type { Desk } from './desk.js';

/** Has the drivers yank, and where they cannot, people; ends only when the index says so, and returns who did it. */
export async function untilYanked(desk: Desk, yank: YankRecord): Promise<string> {
  const { ledger, terms, subject } = desk;
  const { production: index, yankDrivers: drivers } = terms;
  const waiting = new CancellationScope();
  let seen: ReturnType<typeof patient.awaitYanked> | undefined;
  let acted: string | undefined;
  try {
    for (;;) {
      const attempt = await urgent.ensureYanked({ index, subject, reason: yank.reason, drivers });
      desk.note(...attempt.evidence);
      if (attempt.proven)
        return attempt.driver === 'somebody else' ? (acted ?? attempt.driver) : attempt.driver;
      acted = attempt.driver ?? acted;
      tellPeople(desk, yank, attempt.toDo);
      seen ??= waiting.run(() => patient.awaitYanked({ index, subject }));
      // One that is left for the drivers' next try is heard by nobody any more.
      seen.catch(() => undefined);
      const shown = await Promise.race([seen, condition(() => yank.waiting !== true)]);
      if (shown === undefined) continue;
      desk.note(shown.evidence);
      return acted ?? 'person';
    }
  } finally {
    waiting.cancel();
    delete ledger.notice;
    delete yank.waiting;
  }
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
