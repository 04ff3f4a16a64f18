import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { findPython } from './machine.mjs';
import { cacheFolder, root } from './paths.mjs';
import { isProgram, Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { lastWords, run } from './run.mjs';

const REQUIREMENTS = join(root, 'tools', 'python', 'requirements.txt');

/**
 * The folder that holds `python`, `pip`, `twine`, `uv`, `coverage` and `pyproject-build` at their locked versions; makes
 * that environment in the cache when it is not there yet.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export async function pythonTools({ log }) {
  const python = await findPython();
  const key = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(python.version);
  const environment = join(cacheFolder(), `python-${key.digest('hex').slice(0, 16)}`);
  const bin = join(environment, 'bin');
  const finished = join(environment, 'finished');
  const isReady = () => existsSync(finished) && existsSync(join(bin, 'python'));

  if (!isReady()) {
    await withLock(`${environment}.lock`, log, async () => {
      if (isReady()) return;
      await makeEnvironment(python.command, environment, log);
      await writeFile(finished, '');
    });
  }
  return bin;
}

/**
 * Scripts in an environment name its absolute path, so it is made where it stays and marked as finished by the caller.
 * @param {string} python
 * @param {string} environment
 * @param {import('./progress.mjs').Log} log
 */
async function makeEnvironment(python, environment, log) {
  await rm(environment, { recursive: true, force: true });
  log('makes an environment');
  const made = await run(python, ['-m', 'venv', environment]);
  if (made.code !== 0) {
    throw new Problem(
      `\`${python} -m venv\` failed: install Python's venv module (\`python3-venv\` on Debian).\n${lastWords(made)}`,
    );
  }
  const install = [
    '-m',
    'pip',
    'install',
    '--require-hashes',
    '--no-deps',
    '--only-binary=:all:',
    '-r',
    REQUIREMENTS,
  ];
  const installed = await run(join(environment, 'bin', 'python'), install, {
    onLine: (line) => log(/^(Collecting|Installing) .{0,60}/.exec(line)?.[0] ?? 'installs the tools'),
  });
  if (installed.code !== 0) {
    throw new Problem(
      `The Python tools could not be installed from PyPI: check the network, then try again.\n${lastWords(installed)}`,
    );
  }
}

if (isProgram(import.meta)) {
  await runProgram(async () => {
    console.log(await stage('Python tools', (log) => pythonTools({ log })));
  });
}
