import type { Amendment, Ledger } from './state.js';

/** The change of who approves that people are asked about now. */
export function pendingAmendment({ amendments = [] }: Ledger): Amendment | undefined {
  const last = amendments.at(-1);
  return last?.endedAt === undefined ? last : undefined;
}

/** The changes that are in force, oldest first. */
export function amendmentsInForce({ amendments = [] }: Ledger): Amendment[] {
  return amendments.filter(({ approvedBy }) => approvedBy !== undefined);
}

/** What a change makes of whom it takes, in words. */
export function describeAmendment({ before, approvers, quorum }: Omit<Amendment, 'reason'>): string {
  return `${String(quorum)} of ${approvers.join(', ')} instead of ${String(before.quorum)} of ${before.approvers.join(', ')}`;
}
