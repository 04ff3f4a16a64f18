import type { Gate } from './gates.js';
import type { Ledger } from './state.js';

/** From when on whoever started a release may approve a gate of it alone; undefined where that takes no conditions, or never is. */
export function ownApprovalFrom(
  { terms }: Ledger,
  { anyApprover, openedAt }: Pick<Gate, 'anyApprover' | 'openedAt'>,
): string | undefined {
  const own = terms?.selfApproval;
  if (own === undefined || own === false || anyApprover === true) return undefined;
  return new Date(Date.parse(openedAt) + own.delaySeconds * 1000).toISOString();
}
