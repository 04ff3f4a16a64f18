import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const idle = new AsyncLocalStorage<true>();

/** Does something whose tools give way to everything else on the machine: a build must not slow a yank down. */
export function atIdlePriority<T>(body: () => Promise<T>): Promise<T> {
  return idle.run(true, body);
}

/** Lowers the tool that leads a group, and has just been started, if it belongs to something idle; as far as the platform has it. */
export function giveWay(group: number): void {
  if (idle.getStore() === undefined) return;
  ifPossible(() => {
    setPriority(group, constants.priority.PRIORITY_LOW);
  });
  // Where Linux shares its time among sessions at first, and each tool leads one, only the session's own value counts.
  ifPossible(() => {
    writeFileSync(`/proc/${String(group)}/autogroup`, String(constants.priority.PRIORITY_LOW));
  });
  spawn('ionice', ['--class', 'idle', '--pgid', String(group)], { stdio: 'ignore' })
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
