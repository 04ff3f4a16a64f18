import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Remembers the process groups that it is told of. When its input ends, and so however the teller ended, it ends what is
 * left of them: nothing else could, since a killed process runs no code.
 */
const program = `
left=' '
while read -r change group; do
  case $change in
    began) left="$left$group " ;;
    ended) left="\${left%% $group *} \${left#* $group }" ;;
  esac
done
for group in $left; do kill -s KILL -- "-$group"; done
`;

let input: Writable | undefined;

/** Has a process group ended as soon as this process is gone, even if it is killed. */
export function guardBeyondDeath(group: number): { release: () => void } {
  input ??= startWarden();
  input.write(`began ${String(group)}\n`);
  return { release: () => input?.write(`ended ${String(group)}\n`) };
}

/** One for each process; in a session of its own, so that what ends this process does not end it as well. */
function startWarden(): Writable {
  const warden = spawn('/bin/sh', ['-c', program], {
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const forget = () => {
    input = undefined;
  };
  warden.once('error', forget).once('exit', forget);
  warden.stdin.on('error', forget);
  warden.unref();
  // Its pipe would keep this process alive.
  (warden.stdin as Writable & { unref?: () => void }).unref?.();
  return warden.stdin;
}
