import { ApplicationFailure, CancellationScope, allHandlersFinished, condition } from '@temporalio/workflow';

import type { YankRequest } from '../contract/handles.js';
import { openGates, type Ledger, type ReleaseOutcome, type Stop } from '../contract/state.js';
import { urgent } from './activities.js';
import { Desk } from './desk.js';
import { handleMessages } from './handlers.js';
import { concludeRelease } from './steps/12-conclude-release.js';

/** Yanks a version whose release has ended: takes its ledger up again from the artifact store and concludes it anew. */
export async function yankRelease(request: YankRequest): Promise<ReleaseOutcome> {
  const now = () => new Date().toISOString();
  const at = now();
  return CancellationScope.nonCancellable(async () => {
    const subject = { package: request.package, version: request.version };
    const { ledger } = await urgent.readRecord({ subject });
    if (ledger === undefined)
      throw ApplicationFailure.create({
        type: 'refused',
        nonRetryable: true,
        message: `The artifact store has no record of ${request.package} ${request.version}: yank it on the index by hand, and revert its merge.`,
      });
    const { terms, request: asked } = ledger;
    if (request.by !== asked.by && terms?.approvers.includes(request.by) !== true)
      throw ApplicationFailure.create({
        type: 'refused',
        nonRetryable: true,
        message: `${request.by} may not yank ${request.package} ${request.version}: its approvers are ${terms?.approvers.join(', ') ?? 'unknown'}.`,
      });
    const stop: Stop = { kind: 'yank', by: request.by, at, reason: request.reason };
    takeUp(ledger, stop);
    const desk = new Desk(ledger, now);
    handleMessages(desk).answer = { state: 'admitted' };
    const outcome = await desk.step('12-conclude-release', () => concludeRelease(desk, stop));
    ledger.phase = 'closed';
    ledger.outcome = {
      outcome,
      ...subject,
      summary: `${subject.package} ${subject.version} is ${outcome} after its release had ended.`,
    };
    const { digest } = await urgent.ensureClosed({ ledger });
    desk.show();
    await condition(allHandlersFinished);
    return { ...ledger.outcome, record: digest };
  });
}

/** Makes a ledger that ended, or was cut off, one that is being yanked. */
function takeUp(ledger: Ledger, stop: Stop): void {
  delete ledger.outcome;
  delete ledger.yank;
  Object.assign(ledger, { phase: 'uploading', stop });
  for (const gate of openGates(ledger)) gate.closedAt = stop.at;
  for (const step of ledger.steps) if (step.state === 'running') step.state = 'failed';
}
