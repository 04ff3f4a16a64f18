import { failure } from '../../../contract/failures.js';
import type { Mirror } from './mirror.js';
import { updateRefs, type RefUpdate, type UpdateOutcome } from './push.js';

/** Updates refs of the remote; that it does not allow it is an operator failure. */
export async function updateOrFail(
  mirror: Mirror,
  updates: readonly RefUpdate[],
): Promise<Exclude<UpdateOutcome, { state: 'refused' }>> {
  const outcome = await updateRefs(mirror, updates);
  if (outcome.state !== 'refused') return outcome;
  const refs = updates.map(({ ref }) => ref).join(' and ');
  throw failure('operator', {
    now: `${mirror.address} refused the push: ${outcome.why}.`,
    not: `${refs} ${updates.length === 1 ? 'was' : 'were'} not changed.`,
    next: 'Allow the service to push there (protected branch, permission or hook), then send `retry`.',
  });
}
