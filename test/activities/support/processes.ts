import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** Whether a process runs; one that has ended may stay listed until somebody asks how. */
export function isRunning(pid: number | string): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid).trim()], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

/** Whether a process has said that it ignores a signal. */
export function ignores(pid: number | undefined, signal: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'ignored=', '-p', String(pid)], { encoding: 'utf8' });
  const mask = BigInt(`0x${stdout.trim() || '0'}`);
  return ((mask >> BigInt(signal - 1)) & 1n) === 1n;
}

/** The running processes with this among their arguments, as anybody on the machine could look at them. */
export async function processesWith(text: string): Promise<{ argv: string; environ: string }[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (id: string, what: string) => readFile(`/proc/${id}/${what}`, 'utf8').catch(() => '');
  const all = await Promise.all(
    ids.map(async (id) => ({ argv: await read(id, 'cmdline'), environ: await read(id, 'environ') })),
  );
  return all.filter(({ argv }) => argv.includes(text));
}
