import { troubleOf } from '../../contract/failures.js';
import {
  failByTrouble,
  unknown,
  type Precondition,
  type PreconditionSubject,
} from '../../contract/preconditions.js';
import { currentCancellation } from '../support/cancellation.js';

/** What an error says to somebody who only asks: what people have to mend fails, and anything else is not known now. */
export function settled(about: PreconditionSubject, error: unknown, what = 'Something'): Precondition[] {
  currentCancellation()?.throwIfAborted();
  const trouble = troubleOf(error);
  if (trouble !== undefined) return [failByTrouble(about, trouble)];
  const [why = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return [unknown(about, `${what} could not be looked at: ${why}`)];
}

/** What is found by looking at something, or why it could not be looked at. */
export async function inquire(
  about: PreconditionSubject,
  what: string,
  look: () => Promise<readonly Precondition[]>,
): Promise<readonly Precondition[]> {
  try {
    return await look();
  } catch (error) {
    return settled(about, error, what);
  }
}
