import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  uuid4,
} from '@temporalio/workflow';

import { admittedName, leaseGrantedName, queryName, type Admission } from '../contract/handles.js';
import { failure } from '../contract/failures.js';
import { malformed, messageHelp, messageKinds, type MessageKind } from '../contract/messages.js';
import { answered, malformedMessage, type Answer } from '../contract/refusals.js';
import type { Ledger } from '../contract/state.js';
import type { Desk } from './desk.js';
import type { Arrival } from './answering.js';
import { engine, receive } from './messages.js';
import { signedAnswer } from './signed-answers.js';

/** What is known of a release's admission: the answer to who started it, and whether its lease was granted. */
export interface AdmissionState {
  answer?: Admission;
  granted: boolean;
  /** Whether the lease is held already, so that a refusal has to give it back. */
  leased: boolean;
  /** What is true already of a release that is taken over. */
  already?: readonly string[] | undefined;
}

/** Registers every handler of a release; must run before the workflow's first await. */
export function handleMessages(desk: Desk): AdmissionState {
  const admission: AdmissionState = { granted: false, leased: false };
  setHandler(defineQuery<Ledger>(queryName), () => desk.ledger, {
    description: 'The whole state of the release.',
  });
  setHandler(
    defineUpdate<Admission>(admittedName),
    async (): Promise<Admission> => {
      await condition(() => admission.answer !== undefined);
      if (admission.answer === undefined) throw new Error('nobody has judged the request');
      return admission.answer;
    },
    { description: 'Answers once the release is admitted, waits in line, or is refused.' },
  );
  setHandler(defineSignal(leaseGrantedName), () => {
    admission.granted = true;
  });
  for (const kind of messageKinds) handleKind(desk, kind);
  heedEngineCancellation(desk);
  return admission;
}

/**
 * Lets updates wait that come before there is anything to judge them by, as signals do by themselves: the engine would refuse
 * what nobody hears.
 */
export function awaitMessages(desk: () => Desk | undefined): void {
  for (const kind of messageKinds)
    setHandler(
      defineUpdate<Answer, [unknown]>(kind),
      async (input) => {
        await condition(() => desk() !== undefined);
        const there = desk();
        if (there === undefined) throw new Error('there is nothing to judge a message by');
        return accept(there, kind, input, 'update');
      },
      { description: messageHelp[kind] },
    );
}

function handleKind(desk: Desk, kind: MessageKind): void {
  const description = messageHelp[kind];
  setHandler(
    defineSignal<[unknown]>(kind),
    (input) => {
      const answer = accept(desk, kind, input, 'signal');
      // What has to be proven is waited for before the run ends; a flood of what can be judged at once costs no promise.
      return answer instanceof Promise ? answer.then(() => undefined) : undefined;
    },
    { description },
  );
  setHandler(defineUpdate<Answer, [unknown]>(kind), (input) => accept(desk, kind, input, 'update'), {
    description,
    // A refusal here leaves no trace, so only what is no message at all is refused here.
    validator: (input) => {
      const problem = malformed(kind, input);
      if (problem !== undefined)
        throw failure('malformed', malformedMessage(desk.ledger.request, kind, problem));
    },
  });
}

/** Only what has to be proven is waited for: a yank, an abort and whatever is not signed are judged at once. */
function accept(
  desk: Desk,
  kind: MessageKind,
  input: unknown,
  channel: Arrival['channel'],
): Answer | Promise<Answer> {
  const arrival = arrivalOf(desk, channel);
  const signed = signedAnswer(desk.ledger, kind, input);
  if (signed === undefined) return take(desk, kind, input, arrival);
  return desk.verifier.prove(signed).then((proof) => take(desk, kind, input, { ...arrival, proof }));
}

function arrivalOf(desk: Desk, channel: Arrival['channel']): Arrival {
  return { channel, at: desk.now(), made: uuid4() };
}

function take(desk: Desk, kind: MessageKind, input: unknown, arrival: Arrival): Answer {
  const outcome = receive(desk.ledger, kind, input, arrival);
  desk.refresh();
  desk.heedStop();
  return answered(desk.ledger, kind, outcome);
}

/** A cancel request to the engine is an `abort` like any other: judged by how far the release is, and recorded. */
function heedEngineCancellation(desk: Desk): void {
  void CancellationScope.current().cancelRequested.catch(() => {
    const abort = { by: engine, reason: 'the run was cancelled in the engine' };
    take(desk, 'abort', abort, arrivalOf(desk, 'engine'));
  });
}
