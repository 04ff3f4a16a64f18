import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  defineQuery,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import { queryName, type YankRequest } from '../contract/handles.js';
import { newLedger, openGates, type Ledger, type Outcome, type ReleaseOutcome } from '../contract/state.js';
import { urgent } from './activities.js';
import { Desk } from './desk.js';
import { handleMessages } from './handlers.js';

/** What is done with a release that has ended; it says how the release ends now. */
export type LateProcedure = (desk: Desk, asked: YankRequest & { readonly at: string }) => Promise<Outcome>;

/** Takes a release whose run has ended up again from its record, and keeps what becomes of it as its record. */
export async function takeUpAgain(
  request: YankRequest,
  verb: 'yank' | 'un-yank',
  procedure: LateProcedure,
): Promise<ReleaseOutcome> {
  const now = () => new Date().toISOString();
  const at = now();
  return CancellationScope.nonCancellable(async () => {
    const subject = { package: request.package, version: request.version };
    // Who looks before the record is there sees a run that has just begun; messages wait until it is.
    const begun = newLedger(
      workflowInfo().workflowId,
      { ...request, wait: false, acceptUnisolated: false },
      at,
    );
    setHandler(defineQuery<Ledger>(queryName), () => begun);
    const { ledger } = await urgent.readRecord({ subject });
    if (ledger === undefined)
      throw refused(
        `The artifact store has no record of ${subject.package} ${subject.version}: ${verb} it on the index by hand${verb === 'yank' ? ', and revert its merge' : ''}.`,
      );
    const { terms, request: asked } = ledger;
    if (request.by !== asked.by && terms?.approvers.includes(request.by) !== true)
      throw refused(
        `${request.by} may not ${verb} ${subject.package} ${subject.version}: its approvers are ${terms?.approvers.join(', ') ?? 'unknown'}.`,
      );
    takeUp(ledger, at);
    const desk = new Desk(ledger, now);
    handleMessages(desk).answer = { state: 'admitted' };
    const outcome = await procedure(desk, { ...request, at });
    ledger.phase = 'closed';
    const summary = `${subject.package} ${subject.version} is ${outcome} after its release had ended.`;
    ledger.outcome = { outcome, ...subject, summary };
    const { digest: record, evidence } = await desk.insist(() => urgent.ensureClosed({ ledger }));
    desk.show();
    await condition(allHandlersFinished);
    return { ...ledger.outcome, record, ...(evidence === undefined ? {} : { evidence }) };
  });
}

/** That somebody's wish cannot be carried out, which changes nothing. */
export function refused(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'refused', nonRetryable: true, message });
}

/** Makes a ledger that ended, or was cut off, one with which something is being done. */
function takeUp(ledger: Ledger, at: string): void {
  delete ledger.outcome;
  ledger.phase = 'uploading';
  for (const gate of openGates(ledger)) gate.closedAt = at;
  for (const step of ledger.steps) if (step.state === 'running') step.state = 'failed';
}
