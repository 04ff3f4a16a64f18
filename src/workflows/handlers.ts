import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  uuid4,
} from '@temporalio/workflow';

import { admittedName, leaseGrantedName, queryName, type Admission } from '../contract/handles.js';
import {
  malformed,
  messageHelp,
  messageKinds,
  type MessageKind,
  type MessageOutcome,
} from '../contract/messages.js';
import type { Ledger } from '../contract/state.js';
import type { Desk } from './desk.js';
import type { Arrival } from './answering.js';
import { engine, receive } from './messages.js';

/** What is known of a release's admission: the answer to who started it, and whether its lease was granted. */
export interface AdmissionState {
  answer?: Admission;
  granted: boolean;
  /** Whether the lease is held already, so that a refusal has to give it back. */
  leased: boolean;
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
      return admission.answer ?? { state: 'refused', problems: [] };
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

function handleKind(desk: Desk, kind: MessageKind): void {
  const description = messageHelp[kind];
  setHandler(
    defineSignal<[unknown]>(kind),
    (input) => {
      accept(desk, kind, input, 'signal');
    },
    { description },
  );
  setHandler(defineUpdate<MessageOutcome, [unknown]>(kind), (input) => accept(desk, kind, input, 'update'), {
    description,
    // A refusal here leaves no trace, so only what is no message at all is refused here.
    validator: (input) => {
      const problem = malformed(kind, input);
      if (problem !== undefined)
        throw ApplicationFailure.create({ type: 'malformed', nonRetryable: true, message: problem });
    },
  });
}

function accept(desk: Desk, kind: MessageKind, input: unknown, channel: Arrival['channel']): MessageOutcome {
  const outcome = receive(desk.ledger, kind, input, { channel, at: desk.now(), made: uuid4() });
  desk.refresh();
  desk.heedStop();
  return outcome;
}

/** A cancel request to the engine is an `abort` like any other: judged by how far the release is, and recorded. */
function heedEngineCancellation(desk: Desk): void {
  void CancellationScope.current().cancelRequested.catch(() => {
    accept(desk, 'abort', { by: engine, reason: 'the run was cancelled in the engine' }, 'engine');
  });
}
