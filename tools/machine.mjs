import { Problem } from './problem.mjs';
import { run } from './run.mjs';

const NODE = [20, 19];
const PYTHON = [3, 10];

/** Checks that Node, git and Python are there and new enough; says in one sentence what is missing and what to do. */
export async function checkMachine() {
  checkNode();
  await Promise.all([checkGit(), findPython()]);
}

/**
 * The Python to make environments with: `$SLIPWAY_PYTHON`, else `python3`, else `python`.
 * @returns {Promise<{ command: string, version: string }>} the version in full, as in `3.12.1`
 */
export function findPython() {
  return (python ??= lookForPython());
}

/** @type {Promise<{ command: string, version: string }> | undefined} */
let python;

async function lookForPython() {
  const { SLIPWAY_PYTHON: wanted } = process.env;
  const found = [];
  for (const command of wanted ? [wanted] : ['python3', 'python']) {
    const program = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
    const { code, stdout } = await run(command, ['-I', '-S', '-c', program]);
    const version = stdout.trim();
    if (code === 0 && isAtLeast(version, PYTHON)) return { command, version };
    found.push(code === 0 ? `\`${command}\` is Python ${version}` : `\`${command}\` does not run`);
  }
  throw new Problem(
    `Slipway needs Python 3.10 or newer, but ${found.join(' and ')}: install one, or set SLIPWAY_PYTHON to its path.`,
  );
}

/**
 * Whether a dotted version is the least wanted one or newer.
 * @param {string} version
 * @param {number[]} least major and minor
 */
export function isAtLeast(version, [leastMajor = 0, leastMinor = 0]) {
  const [major = NaN, minor = NaN] = version.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function checkNode() {
  if (isAtLeast(process.versions.node, NODE)) return;
  throw new Problem(
    `Slipway needs Node ${NODE.join('.')} or newer, but this is ${process.versions.node}: install a newer Node.`,
  );
}

async function checkGit() {
  const { code } = await run('git', ['--version']);
  if (code !== 0)
    throw new Problem('Slipway needs git, but `git` does not run: install it and put it on PATH.');
}
