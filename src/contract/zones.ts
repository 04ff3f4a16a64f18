/**
 * The zones are task queues. `workflow` runs the procedure and nothing else; `build` runs other people's code and holds
 * no token; `publish` holds tokens and runs no project code; `urgent` serves people's messages and the yank.
 */
export const zones = ['workflow', 'build', 'publish', 'urgent'] as const;
export type Zone = (typeof zones)[number];

/** The task queue of a zone. */
export function taskQueue(zone: Zone): string {
  return `slipway-${zone}`;
}
