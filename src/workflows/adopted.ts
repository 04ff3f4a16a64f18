import type { Adoption } from '../contract/adopting.js';
import { currentCandidate, type Ledger, type Merge } from '../contract/state.js';
import type { PassedCandidate } from './steps/07-pass-quality-gates.js';

/** Takes over what an earlier run of the release knew; what was said to this run meanwhile stays. */
export function takeOver(ledger: Ledger, { ledger: earlier, moved }: Adoption): void {
  const { messages: known = [] } = earlier;
  const ids = new Set(known.map(({ id }) => id));
  const messages = [...known, ...ledger.messages.filter(({ id }) => !ids.has(id))];
  Object.assign(ledger, earlier, { messages });
  if (!moved) delete ledger.next;
}

/** The candidate that had passed before the release was taken over, unless a fix comes first. */
export function passedBefore({ ledger }: { readonly ledger: Ledger }): PassedCandidate | undefined {
  const candidate = currentCandidate(ledger);
  if (ledger.next !== undefined || candidate?.passed !== true || candidate.manifest === undefined)
    return undefined;
  return { candidate, manifest: candidate.manifest };
}

/** The merge whose upload had begun before the release was taken over: from there on nothing is judged anew. */
export function mergedBefore({ ledger }: { readonly ledger: Ledger }): Merge | undefined {
  return ledger.phase === 'uploading' ? ledger.merges.at(-1) : undefined;
}
