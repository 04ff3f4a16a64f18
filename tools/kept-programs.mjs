import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildGoPrograms } from './go-programs.mjs';
import { withLock } from './lock.mjs';
import { isAtLeast } from './machine.mjs';
import { cacheFolder, root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { run } from './run.mjs';

const GO = [1, 26];

/**
 * Programs that are built once from a locked Go module of ours and kept in the user's cache folder.
 * @typedef {object} Programs
 * @property {string} name of the module's folder in `tools`, and of what is kept
 * @property {string} what people call them
 * @property {string} source the Go module that they come from; theirs is its locked version
 * @property {ReadonlyMap<string, string>} binaries the name of each binary by the Go package that it is built from
 * @property {import('./go-programs.mjs').Build} build how they are built
 * @property {(folder: string) => Promise<void>} [furnish] puts beside the binaries what they need while they run
 */

/**
 * Why `keptPrograms` cannot give an answer here; undefined when it can.
 * @param {Programs} programs
 * @returns {Promise<string | undefined>}
 */
export async function whyNotKept(programs) {
  if (existsSync(keptFolder(programs))) return undefined;
  const { code, stdout } = await run('go', ['env', 'GOVERSION', 'CC'], { cwd: moduleFolder(programs) });
  const [goVersion = '', compiler = ''] = stdout.split('\n');
  if (code !== 0 || !isAtLeast(goVersion.replace(/^go/, ''), GO))
    return `there is no Go ${GO.join('.')} or newer to build ${programs.what} with`;
  const [command = '', ...args] = compiler.split(' ');
  if (programs.build.cgo === true && (await run(command, [...args, '--version'])).code !== 0)
    return `there is no C compiler (${compiler}) to build ${programs.what} with`;
  return undefined;
}

/**
 * The folder that holds the programs; they are built when the cache does not have them.
 * @param {Programs} programs
 * @param {{ log: import('./progress.mjs').Log }} options
 * @returns {Promise<string>}
 */
export async function keptPrograms(programs, { log }) {
  const kept = keptFolder(programs);
  if (!existsSync(kept)) {
    await withLock(`${kept}.lock`, log, async () => {
      if (!existsSync(kept)) await obtain(programs, kept, log);
    });
  }
  return kept;
}

/**
 * The module's folder, which go works in.
 * @param {Programs} programs
 */
export function moduleFolder({ name }) {
  return join(root, 'tools', name);
}

/** @param {Programs} programs */
function keptFolder(programs) {
  return join(cacheFolder(), `${programs.name}-${lockedVersion(programs)}`);
}

/**
 * The locked version of the module that the programs come from, as in `1.26.0`.
 * @param {Pick<Programs, 'name' | 'source'>} programs
 */
export function lockedVersion({ name, source }) {
  const goMod = readFileSync(join(root, 'tools', name, 'go.mod'), 'utf8');
  const words = goMod.split(/\s+/);
  const version = words.find((word, at) => word.startsWith('v') && words[at - 1] === source);
  if (version === undefined) throw new Error(`tools/${name}/go.mod requires no version of ${source}`);
  return version.slice(1);
}

/**
 * @param {Programs} programs
 * @param {string} kept where they appear, all or none
 * @param {import('./progress.mjs').Log} log
 */
async function obtain(programs, kept, log) {
  await mkdir(dirname(kept), { recursive: true });
  const workshop = await mkdtemp(`${kept}.new-`);
  try {
    const { what, build, binaries, furnish } = programs;
    const made = new Map([...binaries].map(([path, name]) => [path, join(workshop, name)]));
    const refusal = await buildGoPrograms(moduleFolder(programs), made, { what, build, log });
    if (refusal !== undefined)
      throw new Problem(
        `${what} cannot be had, since ${refusal}: check the network and the space in Go's cache, then try again.`,
      );
    await furnish?.(workshop);
    await rename(workshop, kept);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}
