import { CancellationScope, defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';

import { endingOf } from '../contract/endings.js';
import { failure } from '../contract/failures.js';
import { queryName, type YankRequest } from '../contract/handles.js';
import { newLedger, openGates, type Ledger, type Outcome, type ReleaseOutcome } from '../contract/state.js';
import { commandFor } from '../contract/trouble.js';
import { urgent } from './activities.js';
import { Desk } from './desk.js';
import { awaitMessages, handleMessages } from './handlers.js';
import { keepRecord } from './keeping-the-record.js';
import { tellPeople } from './telling.js';

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
    const there: { desk?: Desk } = {};
    awaitMessages(() => there.desk);
    const begun = newLedger(
      workflowInfo().workflowId,
      { ...request, wait: false, acceptUnisolated: false },
      at,
    );
    setHandler(defineQuery<Ledger>(queryName), () => begun);
    const { ledger } = await urgent.readRecord({ subject });
    if (ledger === undefined) throw unknown(request, verb);
    const { terms, request: asked } = ledger;
    if (request.by !== asked.by && terms?.approvers.includes(request.by) !== true)
      throw stranger(request, verb, terms?.approvers);
    takeUp(ledger, at);
    const desk = new Desk(ledger, now);
    there.desk = desk;
    handleMessages(desk).answer = { state: 'admitted' };
    const telling = tellPeople(desk);
    const outcome = await procedure(desk, { ...request, at });
    ledger.phase = 'closed';
    const summary = `${subject.package} ${subject.version} is ${outcome} after its release had ended.`;
    return keepRecord(desk, { outcome, ...subject, summary, told: endingOf(ledger, outcome) }, telling);
  });
}

function unknown({ package: name, version }: YankRequest, verb: 'yank' | 'un-yank'): Error {
  const byHand = {
    yank: 'yank it on the index by hand, and revert its merge.',
    'un-yank': 'un-yank it on the index by hand.',
  };
  return failure('refused', {
    now: `The artifact store has no record of ${name} ${version}.`,
    not: `Nothing was changed: the ${verb} has nothing to go by.`,
    next: `\`slipway list\` shows what there was; if the name is right, ${byHand[verb]}`,
  });
}

function stranger(request: YankRequest, verb: string, approvers: readonly string[] = []): Error {
  const { by, package: name, version } = request;
  return failure('refused', {
    now: `${name} ${version} is as it was.`,
    not: `${by} may not ${verb} ${name} ${version}: its approvers are ${approvers.join(', ')}.`,
    next: `One of them: \`${commandFor(verb, request, '--reason "…"')}\`.`,
  });
}

/** Makes a ledger that ended, or was cut off, one with which something is being done. */
function takeUp(ledger: Ledger, at: string): void {
  delete ledger.outcome;
  ledger.phase = 'uploading';
  for (const gate of openGates(ledger)) gate.closedAt = at;
  for (const step of ledger.steps) if (step.state === 'running') step.state = 'failed';
}
