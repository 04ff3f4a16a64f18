import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { checkoutLock, root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { lastWords, run } from './run.mjs';

const modules = join(root, 'node_modules');
const command = join(modules, '.bin', 'slipway');

/**
 * What a lock file says of one package.
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Locked
 */

/**
 * Makes `node_modules` hold what `package-lock.json` says, without running any package's install script, and puts
 * `slipway` among its commands, so that `npx slipway` finds it.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export async function installPackages({ log }) {
  if (await isReady()) return;
  await withLock(checkoutLock(), log, async () => {
    if (!(await isInstalled())) await install(log);
    if (!existsSync(command)) await symlink('../../bin/slipway.js', command);
  });
}

async function isReady() {
  return existsSync(command) && (await isInstalled());
}

/**
 * Installs beside what is there and then takes its place, so that a failure leaves everything as it was.
 * @param {import('./progress.mjs').Log} log
 */
async function install(log) {
  log('npm ci');
  await mkdir(join(root, 'dist'), { recursive: true });
  const workshop = await mkdtemp(join(root, 'dist', 'install-'));
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
      await copyFile(join(root, name), join(workshop, name));
    }
    const installed = await run('npm', ['ci', '--ignore-scripts', '--include=dev'], { cwd: workshop });
    if (installed.code !== 0) {
      throw new Problem(
        `\`npm ci\` failed: check that npm is on PATH and reaches its registry, then try again.\n${lastWords(installed)}`,
      );
    }
    await rm(modules, { recursive: true, force: true });
    await rename(join(workshop, 'node_modules'), modules);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function isInstalled() {
  const wanted = await readPackages(join(root, 'package-lock.json'));
  const present = await readPackages(join(modules, '.package-lock.json')).catch(
    () => /** @type {Map<string, Locked>} */ (new Map()),
  );
  wanted.delete('');
  for (const [path, locked] of wanted) {
    const found = present.get(path);
    const same = found?.version === locked.version && found?.integrity === locked.integrity;
    if (!same && (found !== undefined || !mayBeAbsent(locked))) return false;
  }
  return [...present.keys()].every((path) => wanted.has(path));
}

/**
 * @param {string} path of a lock file
 * @returns {Promise<Map<string, Locked>>}
 */
async function readPackages(path) {
  const lock = /** @type {{ packages: Record<string, Locked> }} */ (JSON.parse(await readFile(path, 'utf8')));
  return new Map(Object.entries(lock.packages));
}

/** @param {Locked} locked */
function mayBeAbsent({ optional, os, cpu, libc }) {
  const isForThisMachine = os?.includes(process.platform) && cpu?.includes(process.arch) && !libc;
  return optional === true && !isForThisMachine;
}
