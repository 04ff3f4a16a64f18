import { sleep } from '@temporalio/workflow';

import { callOrder, type Call } from '../contract/roster.js';
import { beside } from './beside.js';
import type { Desk } from './desk.js';

/** Asks one person after the other by name, at the interval of the terms, while the body waits for an answer of any of them. */
export async function calling<T>(
  desk: Desk,
  calls: Call[],
  body: () => Promise<T>,
  isAsked: (person: string) => boolean = () => true,
): Promise<T> {
  const calledOut = beside(() => callOut(desk, calls, isAsked));
  try {
    return await body();
  } finally {
    calledOut.cancel();
  }
}

async function callOut(desk: Desk, calls: Call[], isAsked: (person: string) => boolean): Promise<void> {
  const { ledger, terms } = desk;
  const people = callOrder(
    { ...ledger, plan: ledger.readiness?.plan ?? [], approvers: terms.approvers },
    desk.now(),
  ).filter(isAsked);
  for (const [at, who] of people.entries()) {
    calls.push({ who, at: desk.now() });
    desk.refresh();
    if (at < people.length - 1)
      await sleep(terms.escalateSeconds * 1000, {
        summary: `Ask ${people[at + 1] ?? ''} too, if ${who} does not answer`,
      });
  }
}
