import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Writable } from 'node:stream';

/**
 * A shell program that remembers the process groups that it is told of, one line each. When its input ends, and so however
 * the teller ended, it ends what is left of them: nothing else could, since a killed process runs no code.
 *
 * It runs in every POSIX shell. `kill` keeps this spelling, and gets nothing but whole numbers above 1: others are taken
 * for "every process" by some shells.
 */
export const wardenProgram = `
trap '' HUP INT TERM
set -f
left=' '
while read -r change group; do
  case $change in
    began) left="$left$group " ;;
    ended) case $left in *" $group "*) left="\${left%% $group *} \${left#* $group }" ;; esac ;;
  esac
done
for group in $left; do
  case $group in
    '' | *[!0-9]* | 0* | 1) ;;
    *) kill -s KILL -- "-$group" ;;
  esac
done
`;

/** The process groups that must not outlive this process. */
const groups = new Set<number>();

let input: Writable | undefined;

process.once('exit', () => {
  for (const group of groups) signalGroup(group, 'SIGKILL');
});

/** Starts a tool that leads a process group, and has the group ended as soon as this process is gone, even if it is killed. */
export function startGuarded<T extends { readonly pid?: number | undefined }>(
  start: () => T,
): { child: T; release: () => void } {
  // Before the tool: a process that is killed in between leaves nothing behind.
  input ??= startWarden();
  const child = start();
  const { pid } = child;
  if (pid === undefined) return { child, release: () => undefined };
  groups.add(pid);
  input.write(`began ${String(pid)}\n`);
  return {
    child,
    release: () => {
      groups.delete(pid);
      input?.write(`ended ${String(pid)}\n`);
    },
  };
}

/** Sends a signal to a whole process group, if there is anything left of it. */
export function signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-group, constants.signals[signal]);
  } catch {
    // The whole group is gone already.
  }
}

/** One for each process; in a session of its own, so that what ends this process does not end it as well. */
function startWarden(): Writable {
  const warden = spawn('/bin/sh', ['-c', wardenProgram], {
    cwd: '/',
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const { stdin } = warden;
  const forget = () => {
    if (input === stdin) input = undefined;
  };
  warden.once('error', forget).once('exit', forget);
  stdin.on('error', forget);
  warden.unref();
  // Its pipe would keep this process alive.
  (stdin as Writable & { unref?: () => void }).unref?.();
  // One that died takes what it knew with it.
  for (const group of groups) stdin.write(`began ${String(group)}\n`);
  return stdin;
}
