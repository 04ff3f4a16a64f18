import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * A tenth of what a tool at normal priority gets beside it. At the lowest one a build gets next to nothing on a machine that
 * is busy with something else, and its tests run out of their time.
 */
const { PRIORITY_BELOW_NORMAL: low } = constants.priority;

const isLow = new AsyncLocalStorage<true>();

/** Does something whose tools give way to all others on the machine: a build must neither slow a yank down nor starve it. */
export function atLowPriority<T>(body: () => Promise<T>): Promise<T> {
  return isLow.run(true, body);
}

/** Whether the tools that are started here give way, because they run other people's code. */
export function givesWay(): boolean {
  return isLow.getStore() !== undefined;
}

/** Lowers the tool that leads a group, and has just been started, if it belongs to such a thing; as far as the platform has it. */
export function giveWay(group: number): void {
  if (!givesWay()) return;
  ifPossible(() => {
    setPriority(group, low);
  });
  // Where Linux shares its time among sessions at first, and each tool leads one, only the session's own value counts.
  ifPossible(() => {
    writeFileSync(`/proc/${String(group)}/autogroup`, String(low));
  });
  // Where memory runs out, the kernel ends what a build has started, and no worker.
  ifPossible(() => {
    writeFileSync(`/proc/${String(group)}/oom_score_adj`, '1000');
  });
  spawn('ionice', ['--class', 'best-effort', '--classdata', '7', '--pgid', String(group)], {
    stdio: 'ignore',
  })
    .once('error', () => undefined)
    .unref();
}

function ifPossible(act: () => void): void {
  try {
    act();
  } catch {
    // The tool has ended already, or the platform has no such thing.
  }
}
