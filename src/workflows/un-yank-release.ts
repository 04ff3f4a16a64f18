import { uuid4 } from '@temporalio/workflow';

import { failure } from '../contract/failures.js';
import type { YankRequest } from '../contract/handles.js';
import { refusedMessage } from '../contract/refusals.js';
import type { ReleaseOutcome, Stop } from '../contract/state.js';
import { takeUpAgain } from './late.js';
import { receive } from './messages.js';
import { made } from './quality.js';
import { followIndex, outcomeOf } from './un-yanking.js';

/** Takes the yank of a version back whose release has ended, if two people agree. */
export async function unYankRelease(request: YankRequest): Promise<ReleaseOutcome> {
  return takeUpAgain(request, 'un-yank', async (desk, { by, at, reason }) => {
    const { ledger } = desk;
    const heard = receive(ledger, 'un-yank', { by, reason }, { channel: 'update', at, made: uuid4() });
    if (!heard.counted) throw failure('refused', refusedMessage(desk.ledger, 'un-yank', heard.why));
    const { reason: why, by: who, askedAt } = made(ledger.yank, 'yank');
    const stop: Stop = (ledger.stop ??= { kind: 'yank', by: who, at: askedAt, reason: why });
    // What the last step had found stays, and what follows is found there too.
    const step = made(ledger.steps.at(-1), 'last step');
    step.state = 'running';
    delete step.endedAt;
    desk.show();
    await followIndex(desk, stop, () => true);
    Object.assign(step, { state: 'passed', endedAt: desk.now() });
    return outcomeOf(ledger);
  });
}
