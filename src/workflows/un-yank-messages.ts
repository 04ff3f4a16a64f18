import type { Message, MessageOutcome } from '../contract/messages.js';
import type { Ledger } from '../contract/state.js';
import { isUndone, pendingUnYank } from '../contract/yanking.js';
import { no, yes } from './outcomes.js';

/** How many different approvers have to agree that a yank is taken back. */
export const unYankQuorum = 2;

/** Takes up that somebody wants a yank taken back, which others are then asked about. */
export function askUnYank(ledger: Ledger, { by, reason }: Message, at: string): MessageOutcome {
  const refusal = whyNot(ledger);
  if (refusal !== undefined) return no(refusal);
  if (ledger.yank !== undefined)
    (ledger.yank.unYanks ??= []).push({ by, reason: reason ?? 'no reason given', askedAt: at });
  return yes('two approvers are asked whether the yank is taken back');
}

function whyNot({ yank, terms }: Ledger): string | undefined {
  if (yank?.provenAt === undefined)
    return 'the index has not said yanked for this release, so there is nothing to take back';
  if (isUndone(yank)) return 'the yank has been taken back already, or is being taken back';
  const pending = pendingUnYank(yank);
  if (pending !== undefined) return `${pending.by} asked for un-yank already: approve it`;
  if (terms?.production.yanks === false)
    return `${terms.production.name} cannot yank, and files that were removed do not come back: release another version`;
  return terms !== undefined && terms.approvers.length < unYankQuorum
    ? `it takes two approvers, and the settings name only ${terms.approvers.join()}`
    : undefined;
}

/** Takes up that a release is to be yanked whose yank is taken back; undefined where it is not. */
export function yankAgain(ledger: Ledger, { by, reason }: Message, at: string): MessageOutcome | undefined {
  const { yank, formerYanks = [] } = ledger;
  if (yank === undefined || !isUndone(yank)) return undefined;
  ledger.formerYanks = [...formerYanks, yank];
  ledger.yank = { by, reason: reason ?? 'no reason given', askedAt: at };
  return yes('the release is being yanked again');
}
