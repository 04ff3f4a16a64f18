import {
  ActivityFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import type { LeaseAnswer } from '../contract/activities.js';
import { acquireName, leaseGrantedName, leaseHolderName, leaseReleasedName } from '../contract/handles.js';
import { urgent } from './activities.js';

/** Who asks for a lease. */
export interface LeaseRequest {
  /** The workflow id of the release. */
  readonly holder: string;
  readonly wait: boolean;
}

/** Who holds the lease and who waits for it, in order. */
export interface LeaseState {
  holder?: string;
  queue: string[];
}

/** How often a holder that somebody waits for is looked at: it may have been terminated without giving the lease back. */
const holderCheck = '2 minutes';

/** One release at a time for a package: keyed by package, open for as long as somebody holds or wants the lease. */
export async function packageLease(state: LeaseState = { queue: [] }): Promise<void> {
  let asked = false;
  setHandler(defineUpdate<LeaseAnswer, [LeaseRequest]>(acquireName), async (request) => {
    asked = true;
    if (state.holder !== undefined && state.holder !== request.holder) await dropDeadHolder(state);
    return answer(state, request);
  });
  setHandler(defineQuery<string | undefined>(leaseHolderName), () => state.holder);
  setHandler(defineSignal<[string]>(leaseReleasedName), (holder) => {
    state.queue = state.queue.filter((waiting) => waiting !== holder);
    if (state.holder === holder) delete state.holder;
  });
  // One that continues as new may have a queue and nobody who holds it.
  await condition(() => asked || isWanted(state));
  // Handlers that are still at work may hand the lease to somebody after all.
  do {
    await serve(state);
    await condition(allHandlersFinished);
  } while (isWanted(state));
}

function isWanted({ holder, queue }: LeaseState): boolean {
  return holder !== undefined || queue.length > 0;
}

async function serve(state: LeaseState): Promise<void> {
  while (isWanted(state)) {
    await grantNext(state);
    setCurrentDetails(describe(state));
    const changed = () => state.holder === undefined;
    if (state.queue.length === 0) await condition(() => changed() || state.queue.length > 0);
    else if (!(await condition(changed, holderCheck))) await dropDeadHolder(state);
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof packageLease>(state);
    }
  }
}

/** What the Web UI shows of a lease. */
function describe({ holder, queue }: LeaseState): string {
  const waiting = queue.map((release, at) => `${String(at + 1)}. ${release}`);
  return [
    `${holder ?? 'Nobody'} holds it.`,
    ...(waiting.length === 0 ? [] : ['', 'Behind it wait, in order:', '', ...waiting]),
  ].join('\n');
}

function answer(state: LeaseState, { holder, wait }: LeaseRequest): LeaseAnswer {
  state.holder ??= holder;
  if (state.holder === holder) return { state: 'granted' };
  if (!wait) return { state: 'held', holder: state.holder };
  if (!state.queue.includes(holder)) state.queue.push(holder);
  setCurrentDetails(describe(state));
  return { state: 'queued', holder: state.holder, ahead: state.queue.indexOf(holder) + 1 };
}

async function grantNext(state: LeaseState): Promise<void> {
  while (state.holder === undefined && state.queue.length > 0) {
    const [next] = state.queue.splice(0, 1);
    if (next === undefined) return;
    state.holder = next;
    try {
      await getExternalWorkflowHandle(next).signal(leaseGrantedName);
    } catch {
      // The one who waited is gone; the next in line gets the lease.
      delete state.holder;
    }
  }
}

async function dropDeadHolder(state: LeaseState): Promise<void> {
  const { holder } = state;
  if (holder === undefined) return;
  try {
    const { open } = await urgent.readRunIsOpen({ workflowId: holder });
    if (!open && state.holder === holder) delete state.holder;
  } catch (error) {
    // Not knowing is no reason to take a lease away.
    if (!(error instanceof ActivityFailure)) throw error;
  }
}
