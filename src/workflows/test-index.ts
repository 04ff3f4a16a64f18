import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

import type { Origin } from '../contract/activities.js';
import type { FailureKind } from '../contract/failures.js';
import type { IndexAddress } from '../contract/release.js';
import { troubleSubject, type Trouble } from '../contract/trouble.js';
import type { Desk } from './desk.js';
import { describeTrouble } from './trouble.js';

/** Where candidates are installed from: the test index, or the artifact store where people have waived it. */
export function candidateOrigin({ ledger, terms }: Desk): Origin {
  return ledger.waiver === undefined ? { index: terms.test } : { store: true };
}

/** Does what needs the test index; undefined where people let the release do without it. */
export async function onTestIndex<T>(
  desk: Desk,
  body: (test: IndexAddress) => Promise<T>,
): Promise<T | undefined> {
  while (desk.ledger.waiver === undefined) {
    try {
      return await body(desk.terms.test);
    } catch (error) {
      if (!isOutOfReach(error)) throw error;
      await askToWaive(desk, describeTrouble(error));
    }
  }
  return undefined;
}

/** Whether it is the index that does not serve the release; an upload does nothing else. */
function isOutOfReach(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  const { cause, retryState, activityType } = error;
  if (cause instanceof ApplicationFailure && cause.type === ('index' satisfies FailureKind)) return true;
  return activityType === 'ensurePublished' && retryState === 'MAXIMUM_ATTEMPTS_REACHED';
}

/** An approval is the waiver, for this candidate and those after it; `retry` tries the index again. */
async function askToWaive(desk: Desk, trouble: Trouble): Promise<void> {
  const { ledger, terms } = desk;
  const { name } = terms.test;
  const answer = await desk.ask({
    id: 'test-index',
    consequence: `Rehearses this release without ${name}: its candidates are installed from a local index of this service, with the kept files.`,
    subject: [...troubleSubject(trouble), { label: 'since', value: desk.now() }],
    answers: ['approve', 'retry'],
  });
  if (answer.kind !== 'approve') return;
  ledger.waiver = { index: name, why: trouble.now, by: desk.approvers('test-index'), at: desk.now() };
}
