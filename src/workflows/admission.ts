import { ActivityFailure, allHandlersFinished, condition, isCancellation } from '@temporalio/workflow';

import { alreadyLines } from '../contract/adopting.js';
import { digestOf } from '../contract/digest.js';
import { failure, refusalFor } from '../contract/failures.js';
import { leaseHeld, sentenceOf } from '../contract/preconditions.js';
import type { LeaseAnswer } from '../contract/activities.js';
import type { Source } from '../contract/release.js';
import { refusedStart } from '../contract/trouble.js';
import { build, publish, urgent } from './activities.js';
import { takeOver } from './adopted.js';
import type { Desk } from './desk.js';
import type { AdmissionState } from './handlers.js';
import { noticing } from './noticing.js';
import { describeTrouble } from './trouble.js';

/** Reads the terms, judges the request with every problem at once, and takes the package's lease. */
export async function admit(desk: Desk, admission: AdmissionState): Promise<void> {
  const { request, id } = desk.ledger;
  const source = await readTerms(desk, admission);
  // Given back by a refusal even if its answer is lost.
  admission.leased = true;
  const [lease, { problems }] = await orRefuse(desk, admission, () =>
    Promise.all([
      urgent.ensureLease({ package: request.package, holder: id, wait: request.wait }),
      build.readMissing({ source }),
    ]),
  );
  const held = lease.state === 'held' ? [sentenceOf(leaseHeld(lease.holder, request.package))] : [];
  if (held.length + problems.length > 0) return refuse(desk, admission, [...held, ...problems]);
  if (lease.state === 'queued') {
    admission.answer = { state: 'waiting', holder: lease.holder, ahead: lease.ahead };
    await waitInLine(desk, admission, lease);
    // The release ahead may have changed the branch, the indexes or the settings.
    const now = await build.readMissing({ source: await readTerms(desk, admission) });
    if (now.problems.length > 0) return refuse(desk, admission, now.problems);
  }
  const { limits } = desk.terms;
  const { already } = admission;
  admission.answer = {
    state: 'admitted',
    ...(limits === undefined ? {} : { limits }),
    ...(already === undefined ? {} : { already }),
  };
}

/** How often a release that waits asks where it stands, at first and at last, in milliseconds: its lease may have been terminated. */
const firstAsk = 120_000;
const lastAsk = 3_600_000;

/** Waits until the lease is granted, however many have to end before and whatever becomes of the lease's own run. */
async function waitInLine(desk: Desk, admission: AdmissionState, first: LeaseAnswer): Promise<void> {
  const { request, id } = desk.ledger;
  let lease = first;
  for (let pause = firstAsk; lease.state === 'queued'; pause = Math.min(2 * pause, lastAsk)) {
    const notice = `waits behind ${lease.holder} (${String(lease.ahead)} ahead)`;
    if (await noticing(desk, notice, () => condition(() => admission.granted, pause))) return;
    lease = await urgent.ensureLease({ package: request.package, holder: id, wait: true });
  }
}

async function readTerms(desk: Desk, admission: AdmissionState): Promise<Source> {
  const { request } = desk.ledger;
  const answer = await orRefuse(desk, admission, () => publish.readTerms({ request }));
  if ('problems' in answer) return refuse(desk, admission, answer.problems);
  const { terms, head, adoption } = answer;
  Object.assign(desk.ledger, { terms, agreed: digestOf({ request, terms }), next: head });
  if (adoption !== undefined) takeOver(desk.ledger, adoption);
  admission.already = adoption && alreadyLines(adoption);
  const { version } = request;
  return { repository: terms.repository, commit: head.commit, config: head.config.digest, version };
}

/** Before a release is admitted nobody is asked about trouble: it is refused with what to do. */
async function orRefuse<T>(desk: Desk, admission: AdmissionState, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return refuse(desk, admission, [refusalFor(describeTrouble(error))]);
  }
}

/** Tells whoever started the release, and ends the run as failed: nothing was changed outside. */
async function refuse(desk: Desk, admission: AdmissionState, problems: readonly string[]): Promise<never> {
  const trouble = refusedStart(desk.ledger.request, problems);
  admission.answer = { state: 'refused', problems, trouble };
  Object.assign(desk.ledger, { phase: 'closed', refusal: trouble });
  desk.show();
  if (admission.leased)
    await urgent.ensureLeaseReleased({ package: desk.subject.package, holder: desk.ledger.id });
  await condition(allHandlersFinished);
  throw failure('refused', trouble);
}
