import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Something that a person must put right; its message is one sentence with the remedy. */
export class Problem extends Error {}

/**
 * Runs a program of the set-up: a problem is said in its own words, anything else with its stack; both exit with 1.
 * @param {() => Promise<void>} main
 */
export async function runProgram(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * Whether a module is what `node` was told to run, and not an import of another one.
 * @param {ImportMeta} meta
 */
export function isProgram(meta) {
  const [, started] = process.argv;
  return started !== undefined && realpathSync(started) === fileURLToPath(meta.url);
}
