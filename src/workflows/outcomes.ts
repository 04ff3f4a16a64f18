import type { MessageOutcome } from '../contract/messages.js';

/** A message counts, and what follows from it. */
export function yes(why: string): MessageOutcome {
  return { counted: true, why };
}

/** A message does not count, and why. */
export function no(why: string): MessageOutcome {
  return { counted: false, why };
}
