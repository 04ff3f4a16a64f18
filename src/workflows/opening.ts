import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';

import { endingOf } from '../contract/endings.js';
import type { ReleaseStart } from '../contract/handles.js';
import { refusedStart } from '../contract/trouble.js';
import {
  newLedger,
  type FinalVersion,
  type Ledger,
  type Outcome,
  type ReleaseOutcome,
} from '../contract/state.js';
import { urgent } from './activities.js';
import { admit } from './admission.js';
import { hearAmendments } from './amending.js';
import { Desk } from './desk.js';
import { handleMessages, type AdmissionState } from './handlers.js';
import { keepRecord } from './keeping-the-record.js';
import { tellPeople, type Telling } from './telling.js';

/** Opens a release, admits it, carries out its procedure and closes it, whatever happens. */
export async function openRelease(start: ReleaseStart, procedure: Procedure): Promise<ReleaseOutcome> {
  const now = () => new Date().toISOString();
  const ledger =
    'ledger' in start ? start.ledger : newLedger(workflowInfo().workflowId, start.request, now());
  const desk = new Desk(ledger, now);
  const admission = handleMessages(desk);
  return CancellationScope.nonCancellable(async () => {
    desk.refresh();
    const telling = tellPeople(desk);
    if ('ledger' in start) admission.answer = { state: 'admitted' };
    else {
      const course = await desk.stoppable(() => admit(desk, admission));
      if ('stopped' in course) return withdraw(desk, admission, telling);
    }
    return close(desk, await carryOut(desk, procedure), telling);
  });
}

type Procedure = (desk: Desk, page: Page) => Promise<Outcome>;

/** The history of this run, which is one of a release's pages: a long release goes on as a new run, so that none gets long. */
export interface Page {
  isFull(): boolean;
  /** Goes on as a new run, whose procedure takes up what the ledger says. */
  turn(): Promise<void>;
}

async function carryOut(desk: Desk, procedure: Procedure): Promise<Outcome> {
  const amending = hearAmendments(desk);
  try {
    return await procedure(desk, pageOf(desk));
  } finally {
    amending.cancel();
  }
}

/** What was published, where the page was turned in the middle of its watch. */
export function watchedBefore(start: ReleaseStart): FinalVersion | undefined {
  return 'ledger' in start && start.ledger.watch !== undefined ? start.ledger.final : undefined;
}

function pageOf({ ledger }: Desk): Page {
  return {
    isFull() {
      const { historyLength, continueAsNewSuggested } = workflowInfo();
      return continueAsNewSuggested || historyLength >= (ledger.terms?.historyEvents ?? Infinity);
    },
    async turn() {
      await condition(allHandlersFinished);
      await continueAsNew<(next: ReleaseStart) => Promise<ReleaseOutcome>>({ ledger });
    },
  };
}

const givenUp = 'It was given up before it was admitted.';

/** Ends a release that was given up before it was admitted: it did nothing, so an earlier one's record stays. */
async function withdraw(desk: Desk, admission: AdmissionState, telling: Telling): Promise<ReleaseOutcome> {
  const { ledger, subject } = desk;
  admission.answer ??= {
    state: 'refused',
    problems: [givenUp],
    trouble: refusedStart(ledger.request, [givenUp]),
  };
  const outcome = end(desk, 'abandoned');
  await desk.insist(() => urgent.ensureLeaseReleased({ package: subject.package, holder: ledger.id }));
  desk.show();
  await telling.end();
  await condition(allHandlersFinished);
  return outcome;
}

function close(desk: Desk, outcome: Outcome, telling: Telling): Promise<ReleaseOutcome> {
  return keepRecord(desk, end(desk, outcome), telling);
}

function end(desk: Desk, outcome: Outcome): ReleaseOutcome {
  const { ledger } = desk;
  skipTheRest(ledger, outcome);
  ledger.phase = 'closed';
  ledger.outcome = {
    outcome,
    ...desk.subject,
    summary: summarise(ledger, outcome),
    told: endingOf(ledger, outcome),
  };
  return ledger.outcome;
}

function skipTheRest(ledger: Ledger, outcome: Outcome): void {
  if (outcome === 'released') return;
  for (const step of ledger.steps) if (step.state === 'waiting') step.state = 'skipped';
}

const endings: Readonly<Record<Outcome, (ledger: Ledger) => string>> = {
  released: () => 'is released and was watched to the end',
  yanked: ({ yank }) => `is yanked: ${yank?.reason ?? ''}; the index said so at ${yank?.provenAt ?? ''}`,
  'un-yanked': ({ yank }) =>
    `was yanked by mistake and is served again: ${yank?.unYanks?.at(-1)?.reason ?? ''}`,
  abandoned: ({ stop }) => `is abandoned: ${stop?.reason ?? 'no reason given'}`,
};

function summarise(ledger: Ledger, outcome: Outcome): string {
  const { package: name, version } = ledger.request;
  return `${name} ${version} ${endings[outcome](ledger)}.`;
}
