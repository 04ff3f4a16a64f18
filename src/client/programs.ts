import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a program of the service; its exit code is ours. */
export async function runProgram(file: URL, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(file), ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
