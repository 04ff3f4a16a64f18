import { spawnSync } from 'node:child_process';

/** Whether a process runs; one that has ended may stay listed until somebody asks how. */
export function isRunning(pid: number | string): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid).trim()], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
