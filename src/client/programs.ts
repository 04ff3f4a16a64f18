import { spawn } from 'node:child_process';
import path from 'node:path';

import { root } from '../../tools/paths.mjs';

/** Runs a program of the service, named by its place in `dist`; its exit code is ours. */
export async function runProgram(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [path.join(root, 'dist', program), ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
