/** Whether a moment is no earlier than another one; forges write theirs in whole seconds, so that a part of one is overlooked. */
export function isSince(at: string, since: string): boolean {
  return Math.floor(Date.parse(at) / 1000) >= Math.floor(Date.parse(since) / 1000);
}
