import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * How a command ended: its exit code (-1 when it could not be started or was ended by a signal) and what it printed.
 * @typedef {{ code: number, stdout: string, stderr: string }} Ended
 */

/**
 * Runs a command without a shell and without input, and answers however it ends.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, onLine?: (line: string) => void }} [options]
 *   `onLine` hears each line of both streams as it comes
 * @returns {Promise<Ended>}
 */
export function run(command, args, { cwd, env = process.env, signal, onLine = () => undefined } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      createInterface({ input: child[stream] }).on('line', (line) => {
        output[stream] += `${line}\n`;
        onLine(line);
      });
    }
    child.on('error', (error) => resolve({ code: -1, ...output, stderr: output.stderr + error.message }));
    child.on('close', (code) => resolve({ code: code ?? -1, ...output }));
  });
}

/**
 * The last lines of what a failed command said, for a problem's message.
 * @param {Ended} ended
 */
export function lastWords({ stdout, stderr }) {
  return (stderr.trim() || stdout.trim()).split('\n').slice(-8).join('\n');
}
