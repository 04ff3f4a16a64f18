import { CancellationScope, condition, isCancellation, uuid4 } from '@temporalio/workflow';

import type { Review } from '../contract/activities.js';
import { short } from '../contract/digest.js';
import type { Decision } from '../contract/gates.js';
import type { Sha } from '../contract/release.js';
import { openGates } from '../contract/state.js';
import { onForge } from './activities.js';
import type { Question } from './courses.js';
import type { Desk } from './desk.js';
import { receive } from './messages.js';
import { noticing } from './noticing.js';
import { describeTrouble } from './trouble.js';

/** Asks people, and takes their reviews of exactly this head on the forge for answers too, where people review there. */
export async function askOrReview(desk: Desk, question: Question, head: Sha): Promise<Decision> {
  if (!desk.terms.reviews) return desk.ask(question);
  const listening = new CancellationScope();
  const heard = listening.run(() => hearReviews(desk, question.id, head));
  let isAnswered = false;
  const ended = heard.catch(async (error: unknown) => {
    if (isCancellation(error)) return;
    // Messages still count: a forge that does not answer keeps nobody from approving.
    const notice = `reviews cannot be read: ${describeTrouble(error).now}`;
    await noticing(desk, notice, () => condition(() => isAnswered));
  });
  try {
    return await desk.ask(question);
  } finally {
    isAnswered = true;
    listening.cancel();
    await ended;
  }
}

/** Hands every review on as the message that it is; ends only by being cancelled. */
async function hearReviews(desk: Desk, gate: Question['id'], head: Sha): Promise<never> {
  const { repository, branch } = desk.terms;
  const heard: string[] = [];
  for (;;) {
    const { reviews } = await onForge.awaitReviews({ repository, branch, head, heard });
    for (const review of reviews) {
      heard.push(review.id);
      hear(desk, gate, review);
    }
  }
}

/** A review is judged by the same rules as a message, and recorded like one. */
function hear(desk: Desk, id: Question['id'], { id: review, by, state, reason }: Review): void {
  const gate = openGates(desk.ledger).find((open) => open.id === id);
  if (gate === undefined) return;
  const message = {
    // A review may speak to a question that is asked anew.
    id: `review/${review}/${short(gate.digest)}`,
    by,
    gate: gate.id,
    digest: gate.digest,
    ...(reason === undefined ? {} : { reason }),
  };
  receive(desk.ledger, state === 'approved' ? 'approve' : 'reject', message, {
    channel: 'review',
    at: desk.now(),
    made: uuid4(),
  });
  desk.show();
}

/** The reviews that an approval of this gate rests on. */
export function reviewsBehind(desk: Desk, id: Question['id']): string[] {
  const gate = desk.ledger.gates.findLast((candidate) => candidate.id === id);
  return (gate?.decisions ?? [])
    .filter(({ channel }) => channel === 'review')
    .flatMap(({ message }) => message.split('/')[1] ?? []);
}
